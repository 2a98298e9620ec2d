using Chat.Data.Accounts;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Accounts;

internal static class AccountViews
{
    public static Profile ToProfile(this UserRow user) =>
        new(user.UserId, user.Name, user.PhoneNumber, user.Username, user.Status, user.ProfilePictureUrl, user.PictureMediaId, user.CreatedAt);

    /// <summary>As others see the person, but for what privacy withholds.</summary>
    public static UserView ToUser(this IPersonRow row) =>
        new(row.UserId, row.Name, row.Username, row.Status, row.ProfilePictureUrl, row.PictureMediaId);
}
