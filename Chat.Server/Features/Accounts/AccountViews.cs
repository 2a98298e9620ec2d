using Chat.Data.Accounts;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Accounts;

internal static class AccountViews
{
    public static Profile ToProfile(this UserRow user) =>
        new(user.UserId, user.Name, user.PhoneNumber, user.Username, user.Status, user.ProfilePictureUrl, user.PictureMediaId, user.CreatedAt);

    public static UserView ToView(this UserRow user) =>
        new(user.UserId, user.Name, user.Username, user.Status, user.ProfilePictureUrl, user.PictureMediaId);
}
