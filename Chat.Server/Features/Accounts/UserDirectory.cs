using System.Globalization;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>Other people, as far as everybody may see them.</summary>
internal sealed class UserDirectory(UserRepository users)
{
    public const int MaxIds = 100;

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c></exception>
    public async Task<UserView> GetAsync(long userId, CancellationToken cancellationToken) =>
        (await users.GetAsync(Check.Id("userId", userId), cancellationToken))?.ToView() ?? throw Unknown();

    /// <param name="ids">Separated by commas.</param>
    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c></exception>
    public async Task<UserList> ListAsync(string? ids, CancellationToken cancellationToken)
    {
        const string field = "ids";
        // 17 characters hold the largest id and its comma: no longer text can be a good list.
        Check.Text(field, ids, 1, MaxIds * 17);
        var wanted = ids.Split(',', StringSplitOptions.TrimEntries).Select(ParseId).ToList();
        var rows = await users.ListAsync(Check.Ids(field, wanted, MaxIds), cancellationToken);
        return new UserList([.. rows.Select(row => row.ToView())]);

        static long ParseId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw ChatException.Invalid(field, "must be ids separated by commas");
    }

    /// <summary>By exact phone number or username; there is no search by parts, which would hand out everybody's name.</summary>
    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>too_large</c></exception>
    public async Task<UserView> FindAsync(string? login, CancellationToken cancellationToken)
    {
        var wanted = AccountRules.Login(login);
        return (await users.FindAsync(wanted.PhoneNumber, wanted.Username, cancellationToken))?.ToView() ?? throw Unknown();
    }

    private static ChatException Unknown() => ChatException.NotFound("this user");
}
