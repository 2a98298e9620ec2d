namespace Chat.Server.Realtime.Backplane;

/// <summary>What an entry on the push channel asks of the other nodes. The numbers are on the wire.</summary>
internal enum PushKind : byte
{
    All = 1,
    Connections = 2,
    Groups = 3,
    Users = 4,

    /// <summary>Targets: connection, group. The call id is answered by <see cref="Applied"/> from the node that has the connection.</summary>
    AddToGroup = 5,
    RemoveFromGroup = 6,
    Applied = 7,
}
