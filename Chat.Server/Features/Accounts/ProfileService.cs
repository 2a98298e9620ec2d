using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Features.Pictures;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>A person's own account.</summary>
internal sealed class ProfileService(UserRepository users, PictureFinder pictures, TimeProvider time)
{
    public async Task<Profile> GetAsync(long userId, CancellationToken cancellationToken) =>
        (await users.GetAsync(userId, cancellationToken))?.ToProfile() ?? throw Gone();

    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c>, <c>not_found</c> (the picture), <c>conflict</c> (the username is taken).</exception>
    public async Task<Profile> UpdateAsync(long userId, UpdateProfileRequest request, CancellationToken cancellationToken)
    {
        var change = new ProfileChange(
            request.Name.IsSet, Read(request.Name, AccountRules.Name),
            request.Username.IsSet, Read(request.Username, AccountRules.Username),
            request.Status.IsSet, Read(request.Status, AccountRules.Status),
            request.ProfilePictureUrl.IsSet, Read(request.ProfilePictureUrl, AccountRules.ProfilePictureUrl),
            request.PictureMediaId.IsSet, request.PictureMediaId.Value is { } id ? Check.Id(PictureField, id) : null);
        if (change.PictureMediaId is { } mediaId) await pictures.HoldAsync(userId, PictureField, mediaId, cancellationToken);
        try
        {
            return (await users.UpdateProfileAsync(userId, change, time.GetUtcNow().UtcDateTime, cancellationToken))?.ToProfile() ?? throw Gone();
        }
        catch (Exception exception) when (exception.IsDuplicateKey(UserRepository.UsernameKey))
        {
            throw ChatException.Conflict("username", "is taken");
        }
    }

    private const string PictureField = "pictureMediaId";

    private static string? Read(Optional<string?> field, Func<string?, string?> rule) => field.IsSet ? rule(field.Value) : null;

    private static ChatException Gone() => ChatException.Unauthenticated("this account does not exist any more");
}
