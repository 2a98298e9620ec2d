namespace Chat.Server.Tests.Properties;

/// <summary>The server refused a call, by its rules.</summary>
internal sealed class RefusedException(string error) : Exception(error)
{
    public string Code { get; } = Support.WireErrors.CodeOf(error);
}

/// <summary>The scenario broke this connection off; what became of the call nobody knows.</summary>
internal sealed class BrokenOffException(Exception inner) : Exception("The connection was broken off.", inner);
