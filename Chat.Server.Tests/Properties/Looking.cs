using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Steps that change nothing: what they answer is looked at like every answer (<see cref="Answers"/>).</summary>
internal sealed class Looking(Device device, CatchUp connected)
{
    public async Task<object?> DoAsync(Step step, long chat)
    {
        switch (step.Act)
        {
            case Act.Type:
                return await connected.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(chat, step.Target % 3 > 0));
            case Act.Watch:
                return await WatchAsync();
        }
        long message;
        lock (device.Gate)
        {
            List<long> shown = device.Chats.TryGetValue(chat, out var held) ? [.. held.Shown.Select(m => m.MessageId)] : [];
            message = shown.Count == 0 ? 1 : shown[^(1 + (step.Target % shown.Count))];
        }
        return step.Target switch
        {
            0 => await LookAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(chat, message)),
            1 => await LookAsync<ReactionPage>(nameof(ChatHub.ListReactions), new ListReactionsRequest(chat, message)),
            2 => await LookAsync<VotePage>(nameof(ChatHub.ListVotes), new ListVotesRequest(chat, message)),
            3 or 4 => await LookAsync<MessageInfo>(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(chat, message)),
            5 => await LookAsync<PublicChannelView>(nameof(ChatHub.GetPublicChannel), new GetPublicChannelRequest(device.Scene.ChannelName)),
            6 => await LookAsync<MessageSearchPage>(nameof(ChatHub.SearchMessages), new SearchMessagesRequest("text")),
            7 => await LookAsync<ChatSearchPage>(nameof(ChatHub.SearchChat), new SearchChatRequest(chat, "edit")),
            8 => await LookAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("of")),
            9 => await LookAsync<PeopleSearchResult>(nameof(ChatHub.SearchPeople), new SearchPeopleRequest("B")),
            10 => await LookAsync<NotificationPage>(nameof(ChatHub.ListNotifications), new ListNotificationsRequest()),
            11 => await LookAsync<MarkNotificationsResult>(nameof(ChatHub.MarkNotificationsRead), new MarkNotificationsReadRequest([chat])),
            12 => await LookAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(chat, AroundMessageId: message, Limit: 5)),
            _ => await device.Scene.Files.AskAddressAsync(device.Person, step.Target),
        };
    }

    private async Task<object?> LookAsync<T>(string method, object request)
    {
        await connected.CallAsync<T>(method, request);
        return "looked";
    }

    private async Task<object> WatchAsync()
    {
        var others = device.Scene.People.Select(p => p.UserId).Where(id => id != device.Me).ToList();
        return (await connected.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest(others))).Presences.Count;
    }
}
