namespace Chat.Data.Accounts;

/// <summary>A row about somebody, with what it takes to show them to others: before their privacy is asked.</summary>
public interface IPersonRow
{
    long UserId { get; }

    string Name { get; }

    string? Username { get; }

    string? Status { get; }

    string? ProfilePictureUrl { get; }

    long? PictureMediaId { get; }
}
