namespace Chat.Server.Realtime.Backplane;

/// <summary>Which groups a connection of this node is in. Microsoft's backplane does not tell.</summary>
internal interface IConnectionGroups
{
    IReadOnlyList<string> GroupsOf(string connectionId);
}
