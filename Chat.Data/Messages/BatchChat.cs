namespace Chat.Data.Messages;

/// <summary>A chat in a batch: where its numbers stand, and whether its senders have to be looked up again.</summary>
internal sealed class BatchChat(long chatId, long checkedVersion)
{
    /// <summary>No version of a roster: the messages of the chat were checked against different ones.</summary>
    private const long Mixed = -1;

    public long ChatId => chatId;

    /// <summary>The version of the roster that its senders were checked against.</summary>
    public long CheckedVersion => checkedVersion;

    public long LastMessageId { get; private set; }

    /// <summary>Whether the batch adds a message that is not withheld.</summary>
    public bool IsActive { get; set; }

    /// <summary>Messages that the batch adds.</summary>
    public int Added { get; private set; }

    /// <summary>Whether the chat has another roster than the one that its senders were checked against.</summary>
    public bool RosterChanged { get; private set; }

    /// <summary>Between two messages of a member; zero for no slow mode.</summary>
    public TimeSpan SlowMode { get; private set; }

    /// <summary>How long a message stays; zero for good.</summary>
    public TimeSpan DisappearAfter { get; private set; }

    /// <summary>Whether its senders must be looked up under the lock.</summary>
    public bool ChecksSenders => RosterChanged || SlowMode > TimeSpan.Zero;

    /// <summary>Whether a message only has to be written into it.</summary>
    public bool IsOrdinary => SlowMode == TimeSpan.Zero && DisappearAfter == TimeSpan.Zero;

    /// <summary>Another message, checked against this version of the roster.</summary>
    public void Checked(long version)
    {
        if (version != checkedVersion) checkedVersion = Mixed;
    }

    /// <summary>What the database says, under the lock.</summary>
    public void Stands(long lastMessageId, long rosterVersion, TimeSpan slowMode, TimeSpan disappearAfter) =>
        (LastMessageId, Added, IsActive, RosterChanged, SlowMode, DisappearAfter) =
            (lastMessageId, 0, false, rosterVersion != checkedVersion, slowMode, disappearAfter);

    public long NextMessageId()
    {
        Added++;
        return ++LastMessageId;
    }
}
