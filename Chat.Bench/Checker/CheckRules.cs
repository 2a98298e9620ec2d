namespace Chat.Bench.Checker;

/// <summary>The rules that a run is held against, as they stand in reports.</summary>
public static class CheckRules
{
    public const string AcknowledgedStored = "every acknowledged message is stored once, under the id that was acknowledged";
    public const string OnlySentStored = "everything stored was sent by a client of the run, with that text";
    public const string StoredOnce = "no client message id is stored twice for one sender in one chat";
    public const string Numbered = "ids of a chat are 1…n without a gap, and the chat's last id is n";

    /// <summary>
    /// a before b, both of one sender in one chat, a first sent before b. Then a's id is lower if a was acknowledged
    /// before b was first sent, or if a was sent only once: the server stores the sends of a connection in their order,
    /// and the client changes connections only after the old one has ended. Only of an a that was repeated after b
    /// had been sent is nothing claimed.
    /// </summary>
    public const string SenderOrder = "a sender's messages are stored in the order sent, but for those overtaken while being repeated";

    public const string ViewsEqual = "every client's view of every chat equals the database, in the same order";
    public const string PushedInOrder = "while nothing is disturbed, every member is pushed every message once, in order, without a gap";
    public const string OneMessagePerId = "no client was told two different messages under one id, or two ids for one message";
    public const string MarksStored = "stored watermarks are at or above all that any client was told";
    public const string MarksBounded = "0 ≤ read ≤ delivered ≤ the chat's last id";
    public const string MarksForward = "no answer to a client moved a watermark back";
    public const string StatusesForward = "status rows move forward in time, and their last ones are the watermarks";
    public const string CompleteAlone = "once nobody writes, every client has every message within the time allowed, without being made to sync";
    public const string TicksComplete = "and then knows its partner's marks as they are stored";
    public const string ConnectedShownOnline = "who is connected is shown as online to everybody who watches, within the time allowed";
    public const string NobodyStuckOnline = "who is gone is shown as offline to everybody who watches, within the time allowed";
    public const string AwayBounded = "no client was without a connection for longer than allowed";
    public const string OnlyRetryable = "while the service was disturbed, calls failed with retryable codes only";
}
