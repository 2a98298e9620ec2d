namespace Chat.Server.Realtime.Backplane;

/// <summary>Which groups a connection of this node is in.</summary>
internal interface IConnectionGroups
{
    IReadOnlyList<string> GroupsOf(string connectionId);
}
