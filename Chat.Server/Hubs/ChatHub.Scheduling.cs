using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Has a message sent at a time to come. Whether you may send it is decided then.</summary>
    public Task<ScheduledMessageView> ScheduleMessage(ScheduleMessageRequest request) =>
        marks.Schedule.ScheduleAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Your messages that wait for their time.</summary>
    public Task<ScheduledMessageList> ListScheduled(ListScheduledRequest request) => marks.Schedule.ListAsync(CallerId, Context.ConnectionAborted);

    /// <summary>Gives a waiting message another time.</summary>
    public Task<ScheduledMessageView> MoveScheduled(MoveScheduledRequest request) =>
        marks.Schedule.MoveAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Takes a waiting message back.</summary>
    public Task<ScheduledMessageView> CancelScheduled(CancelScheduledRequest request) =>
        marks.Schedule.CancelAsync(CallerId, Context.ConnectionId, request);
}
