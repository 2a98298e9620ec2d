namespace Chat.Server.Hubs.Contract;

/// <summary>The one argument of a hub method. The validation filter checks it before the method runs.</summary>
public interface IHubRequest
{
    /// <exception cref="Errors.ChatException"><c>invalid</c> or <c>too_large</c>, naming the field.</exception>
    void Validate();
}

/// <summary>A request whose answer may be large. Few of them are worked on for one connection at a time.</summary>
public interface IPageRequest : IHubRequest;
