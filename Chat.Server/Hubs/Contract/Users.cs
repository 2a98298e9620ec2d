namespace Chat.Server.Hubs.Contract;

/// <summary>What others may see of a person. Never holds the phone number.</summary>
/// <param name="PictureMediaId">The picture that the person uploaded, see <c>/api/media</c>: to be shown rather than what <paramref name="ProfilePictureUrl"/> leads to. Null for none.</param>
public sealed record UserView(long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId);
