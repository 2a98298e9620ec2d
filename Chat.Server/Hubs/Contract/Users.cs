namespace Chat.Server.Hubs.Contract;

/// <summary>What others may see of a person. Never holds the phone number.</summary>
public sealed record UserView(long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl);
