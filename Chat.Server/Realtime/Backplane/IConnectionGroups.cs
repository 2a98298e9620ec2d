namespace Chat.Server.Realtime.Backplane;

/// <summary>Which groups a connection of this node is in. None, for a connection that is gone or on another node.</summary>
public interface IConnectionGroups
{
    IReadOnlyList<string> GroupsOf(string connectionId);

    bool IsIn(string connectionId, string groupName);
}
