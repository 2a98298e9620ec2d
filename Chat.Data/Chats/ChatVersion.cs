namespace Chat.Data.Chats;

/// <summary>
/// What a chat's messages are, in three columns of its row. Whoever writes or changes a message counts it there, in the same transaction, so
/// two reads that find the same version find the same messages, but for those that were withheld (<see cref="Messages.WithheldChanges"/>). The time is that of the last message which everybody sees: it tells a history
/// from another one with the same numbers, as after a backup was restored.
/// </summary>
internal readonly record struct ChatVersion(long LastMessageId, long LastChangeId, DateTime? LastMessageAt);
