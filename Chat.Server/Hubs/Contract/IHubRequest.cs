namespace Chat.Server.Hubs.Contract;

/// <summary>The one argument of a hub method. The validation filter checks it before the method runs.</summary>
public interface IHubRequest
{
    /// <exception cref="Errors.ChatException"><c>invalid</c> or <c>too_large</c>, naming the field.</exception>
    void Validate();
}
