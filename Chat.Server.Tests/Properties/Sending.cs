namespace Chat.Server.Tests.Properties;

/// <summary>Sends of all kinds. Who is away writes all the same: it is sent on the next connection.</summary>
internal sealed class Sending(Device device)
{
    public async Task<object?> DoAsync(Step step, long chat)
    {
        if (step.Act is Act.SendAgain) return await AgainAsync(step.Target);
        if (await RequestOfAsync(step, chat) is not { } request) return null;
        if (device.Connected is null)
        {
            device.Outbox.Add(request);
            return "is away, and keeps it";
        }
        if (step.Act is Act.SendAndBreakOff)
        {
            device.Outbox.Add(request);
            var sending = device.SendAsync(request);
            if (step.Target % 2 == 0) await Task.Yield();
            else await Task.Delay(step.Target);
            await device.BreakOffAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            return "sent, and broken off";
        }
        return await device.SendAsync(request);
    }

    /// <summary>Whatever was acknowledged before is answered the same, as long as one may still speak there.</summary>
    private async Task<object?> AgainAsync(int target)
    {
        var sent = device.Person.Sent.Values.OrderBy(s => s.Result.SentAt).ToList();
        if (device.Connected is null || sent.Count == 0) return null;
        return await device.SendAsync(sent[^(1 + (target % Math.Min(sent.Count, 4)))].Request);
    }

    private async Task<SendMessageRequest?> RequestOfAsync(Step step, long chat)
    {
        var id = Guid.NewGuid();
        switch (step.Act)
        {
            case Act.SendPoll:
                var draft = new PollDraft(Scene.NewText("question"), ["one", "two", "three"], Multiple: step.Target % 2 == 0, Anonymous: step.Target % 3 == 0);
                return new SendMessageRequest(chat, id, Poll: draft);
            case Act.SendPlace:
                return new SendMessageRequest(chat, id, Location: new LocationView(1.5, step.Target));
            case Act.SendCard:
                return new SendMessageRequest(chat, id, Contact: new ContactCardView(Scene.NewText("card"), "+4915100000000"));
            case Act.SendFile:
                return await FileAsync(step.Target) is { } media
                    ? new SendMessageRequest(chat, id, step.Target % 2 == 0 ? Scene.NewText("caption") : null, MediaId: media) : null;
            case Act.SendMention:
                var named = device.Scene.People[step.Target % device.Scene.People.Count].UserId;
                return new SendMessageRequest(chat, id, Scene.NewText("mention"), Mentions: [named]);
            case Act.SendReply:
                long[] shown;
                lock (device.Gate) shown = device.Chats.TryGetValue(chat, out var held) ? [.. held.Shown.Select(m => m.MessageId)] : [];
                return shown.Length == 0 ? null : new SendMessageRequest(chat, id, Scene.NewText("reply"), ReplyTo: shown[^(1 + (step.Target % shown.Length))]);
            default:
                return new SendMessageRequest(chat, id, Scene.NewText("text"));
        }
    }

    /// <summary>A new one, one that was uploaded before, or one that somebody showed. Who is away has those of before.</summary>
    private async Task<long?> FileAsync(int target)
    {
        if (device.Connected is not null && target % 4 > 1) return await device.Scene.Files.UploadAsync(device.Person, Files.Any(target / 2));
        List<long> known;
        lock (device.Gate) known = [.. device.Chats.Values.SelectMany(c => c.Shown).Select(m => m.Media?.MediaId).OfType<long>(), .. device.Person.Uploads];
        return known.Count == 0 ? null : known[target % known.Count];
    }
}
