using System.Globalization;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>Other people, as far as the caller may see them.</summary>
internal sealed class UserDirectory(UserRepository users, PrivacyService privacy)
{
    public const int MaxIds = 100;

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c></exception>
    public async Task<UserView> GetAsync(long callerId, long userId, CancellationToken cancellationToken) =>
        await ShowAsync(callerId, await users.GetAsync(Check.Id("userId", userId), cancellationToken), cancellationToken);

    /// <param name="ids">Separated by commas.</param>
    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c></exception>
    public async Task<UserList> ListAsync(long callerId, string? ids, CancellationToken cancellationToken)
    {
        const string field = "ids";
        // 17 characters hold the largest id and its comma: no longer text can be a good list.
        Check.Text(field, ids, 1, MaxIds * 17);
        var wanted = ids.Split(',', StringSplitOptions.TrimEntries).Select(ParseId).ToList();
        var rows = await users.ListAsync(Check.Ids(field, wanted, MaxIds), cancellationToken);
        return new UserList(await privacy.HideAsync(callerId, [.. rows.Select(row => row.ToUser())], cancellationToken));

        static long ParseId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw ChatException.Invalid(field, "must be ids separated by commas");
    }

    /// <summary>By exact phone number or username; there is no search by parts, which would hand out everybody's name.</summary>
    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>too_large</c></exception>
    public async Task<UserView> FindAsync(long callerId, string? login, CancellationToken cancellationToken)
    {
        var wanted = AccountRules.Login(login);
        return await ShowAsync(callerId, await users.FindAsync(wanted.PhoneNumber, wanted.Username, cancellationToken), cancellationToken);
    }

    private async Task<UserView> ShowAsync(long callerId, UserRow? user, CancellationToken cancellationToken) =>
        await privacy.HideAsync(callerId, (user ?? throw Unknown()).ToUser(), cancellationToken);

    private static ChatException Unknown() => ChatException.NotFound("this user");
}
