using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Invites let in whom they may and as many as they may, and those who manage them see them as they are; whoever is banned is out.</summary>
internal sealed class DoorPromises(Scene scene, IReadOnlyDictionary<Person, FreshRead> read)
{
    public async Task CheckAsync()
    {
        await CheckBansAsync();
        foreach (var chat in scene.Chats) await CheckUsesAsync(chat, await InvitesAsync(chat));
        foreach (var (person, fresh) in read) await CheckListsAsync(person, fresh);
    }

    private async Task CheckBansAsync()
    {
        var inside = await scene.Database.ListAsync<(long, long)>(
            """
            SELECT b.chat_id, b.user_id FROM chat_bans b
            WHERE b.chat_id IN @chats AND (
              EXISTS (SELECT 1 FROM chat_participants p WHERE p.chat_id = b.chat_id AND p.user_id = b.user_id AND p.left_at IS NULL)
              OR EXISTS (SELECT 1 FROM chat_join_requests r WHERE r.chat_id = b.chat_id AND r.user_id = b.user_id))
            """,
            new { chats = scene.Chats });
        if (inside.Count > 0) scene.Findings.Fault($"Banned, and in the chat or waiting: {string.Join(' ', inside)}.");
        var banned = (await scene.Database.ListAsync<(long, long)>("SELECT chat_id, user_id FROM chat_bans WHERE chat_id IN @chats", new { chats = scene.Chats })).ToHashSet();
        foreach (var (chat, user) in scene.Doors.EverBanned)
            if (scene.Doors.BanNow(chat, user) is { } ban && ban.Value != banned.Contains((chat, user)))
                scene.Findings.Fault($"That {user} is banned from chat {chat} was set to {ban.Value}, and is not so.");
    }

    private Task<List<InviteState>> InvitesAsync(long chat) => scene.Database.ListAsync<InviteState>(
        "SELECT invite_id, max_uses, uses, needs_approval, revoked_at FROM chat_invites WHERE chat_id = @chat ORDER BY invite_id", new { chat });

    private async Task CheckUsesAsync(long chat, List<InviteState> stored)
    {
        var made = scene.Doors.Invites.Where(i => i.ChatId == chat).OrderBy(i => i.InviteId).ToList();
        if (!stored.Select(i => (i.InviteId, i.MaxUses, i.NeedsApproval, i.RevokedAt is not null)).SequenceEqual(made.Select(i => (i.InviteId, i.MaxUses, i.NeedsApproval, i.IsRevoked))))
            scene.Findings.Fault($"Chat {chat} has the invites {string.Join(' ', stored)}, and was given {string.Join(' ', made)}.");
        // Whoever asked may be let in when the invite is used up, too: somebody looked.
        foreach (var over in stored.Where(i => !i.NeedsApproval && i.Uses > i.MaxUses)) scene.Findings.Fault($"Chat {chat}: more came in than might: {over}");
        var answered = scene.Doors.LetInByAnswer.Count(c => c == chat);
        if (stored.Where(i => i.NeedsApproval).Sum(i => i.Uses) != answered)
            scene.Findings.Fault($"Chat {chat}: {answered} people were let in by an answer, and the invites say {string.Join(' ', stored)}.");
        // In a channel nothing records who comes.
        if (chat == scene.Channel) return;
        var joined = await scene.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM messages WHERE chat_id = @chat AND message_type = 'system' AND body LIKE '%member\\_joined%'", new { chat });
        if (stored.Where(i => !i.NeedsApproval).Sum(i => i.Uses) != joined)
            scene.Findings.Fault($"Chat {chat}: {joined} people came in by an invite, and the invites say {string.Join(' ', stored)}.");
        await CheckWaitingAsync(chat);
    }

    /// <summary>Who asked, was never answered, and never came in otherwise still waits.</summary>
    private async Task CheckWaitingAsync(long chat)
    {
        var waiting = await scene.Database.ListAsync<long>("SELECT user_id FROM chat_join_requests WHERE chat_id = @chat", new { chat });
        var everIn = await scene.Database.ListAsync<long>("SELECT user_id FROM chat_participants WHERE chat_id = @chat", new { chat });
        foreach (var stranger in waiting.Where(id => !scene.Doors.Asked.ContainsKey((chat, id)))) scene.Findings.Fault($"{stranger} waits to be let into chat {chat}, and did not ask.");
        foreach (var (_, asked) in scene.Doors.Asked.Keys.Where(a => a.ChatId == chat))
            if (!waiting.Contains(asked) && !everIn.Contains(asked) && !scene.Doors.Answered.ContainsKey((chat, asked)) && !scene.Doors.EverBanned.Contains((chat, asked)))
                scene.Findings.Fault($"{asked} asked to be let into chat {chat}, was not answered, and does not wait.");
    }

    private async Task CheckListsAsync(Person person, FreshRead fresh)
    {
        await using var session = new Session(scene.Addresses[^1], person, $"{person.Name} at the doors", scene.Findings);
        await session.Hub.StartAsync();
        foreach (var head in fresh.Heads.Where(h => h.Type != ChatTypes.Direct && h.Permissions.Contains("manage_invites")))
        {
            var stored = await InvitesAsync(head.ChatId);
            var listed = (await session.CallAsync<InvitePage>(nameof(ChatHub.ListInvites), new ListInvitesRequest(head.ChatId))).Invites
                .Select(i => new InviteState(i.InviteId, i.MaxUses, i.Uses, i.NeedsApproval, i.RevokedAt)).ToList();
            if (!listed.SequenceEqual(stored)) scene.Findings.Fault($"{person.Name} is told of the invites {string.Join(' ', listed)} of chat {head.ChatId}, which has {string.Join(' ', stored)}.");
            var requests = (await session.CallAsync<JoinRequestPage>(nameof(ChatHub.ListJoinRequests), new ListJoinRequestsRequest(head.ChatId))).Requests.Select(r => r.User.UserId);
            await CompareAsync("SELECT user_id FROM chat_join_requests WHERE chat_id = @chat ORDER BY user_id", head.ChatId, requests, "waiting");
        }
        foreach (var head in fresh.Heads.Where(h => h.Type != ChatTypes.Direct && h.Permissions.Contains("restrict_members")))
        {
            var banned = (await session.CallAsync<BannedPage>(nameof(ChatHub.ListBanned), new ListBannedRequest(head.ChatId))).Banned.Select(b => b.User.UserId);
            await CompareAsync("SELECT user_id FROM chat_bans WHERE chat_id = @chat ORDER BY user_id", head.ChatId, banned, "banned");
        }
    }

    private async Task CompareAsync(string sql, long chat, IEnumerable<long> listed, string as_)
    {
        var stored = await scene.Database.ListAsync<long>(sql, new { chat });
        if (!listed.SequenceEqual(stored)) scene.Findings.Fault($"Chat {chat} lists {string.Join(',', listed)} as {as_}, and stored are {string.Join(',', stored)}.");
    }

    private sealed record InviteState(long InviteId, int? MaxUses, int Uses, bool NeedsApproval, DateTime? RevokedAt);
}
