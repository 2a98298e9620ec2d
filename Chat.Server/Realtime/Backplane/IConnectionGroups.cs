namespace Chat.Server.Realtime.Backplane;

/// <summary>Which groups a connection of this node is in. Microsoft's backplane does not tell.</summary>
internal interface IConnectionGroups
{
    IReadOnlyList<string> GroupsOf(string connectionId);
}

/// <summary>For Microsoft's backplane: after a loss of news, connections can be added to groups that they lack, not removed.</summary>
internal sealed class UnknownGroups : IConnectionGroups
{
    public IReadOnlyList<string> GroupsOf(string connectionId) => [];
}
