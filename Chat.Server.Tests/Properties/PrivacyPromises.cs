using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Who sees what of whom is what they set, by a second reading of the rules: status, picture, presence; and contacts are those that were made.</summary>
internal sealed class PrivacyPromises(Scene scene, IReadOnlyDictionary<Person, FreshRead> read)
{
    public async Task CheckAsync()
    {
        var rules = await PrivacyRules.ReadAsync(scene);
        var profiles = (await scene.Database.ListAsync<Profile>("SELECT user_id, status, picture_media_id FROM users WHERE user_id IN @ids", new { ids = Ids })).ToDictionary(p => p.UserId);
        foreach (var (person, fresh) in read)
        {
            foreach (var shown in fresh.People.Distinct())
            {
                var profile = profiles[shown.UserId];
                var expected = (
                    rules.Show(shown.UserId, PrivacySettings.Status, person.UserId) ? profile.Status : null,
                    rules.Show(shown.UserId, PrivacySettings.Picture, person.UserId) ? profile.PictureMediaId : null);
                if ((shown.Status, shown.PictureMediaId) != expected) scene.Findings.Fault($"{person.Name} is shown {shown}, and should see {expected}.");
            }
            await CheckAskedAsync(person, rules);
        }
    }

    private IEnumerable<long> Ids => scene.People.Select(p => p.UserId);

    private async Task CheckAskedAsync(Person person, PrivacyRules rules)
    {
        await using var session = new Session(scene.Addresses[^1], person, $"{person.Name} looking around", scene.Findings);
        await session.Hub.StartAsync();
        var others = Ids.Where(id => id != person.UserId).ToList();
        var watched = (await session.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest(others))).Presences.Select(p => p.UserId).Order();
        var met = await scene.Database.ListAsync<long>(
            """
            SELECT DISTINCT theirs.user_id FROM chat_participants mine
            JOIN chats c ON c.chat_id = mine.chat_id AND c.chat_type <> 'channel'
            JOIN chat_participants theirs ON theirs.chat_id = mine.chat_id AND theirs.left_at IS NULL
            WHERE mine.user_id = @me AND mine.left_at IS NULL AND theirs.user_id <> @me
            """,
            new { me = person.UserId });
        var expected = met.Where(id => rules.Show(id, PrivacySettings.LastSeen, person.UserId) && !rules.Blocks(person.UserId, id)).Order();
        if (!watched.SequenceEqual(expected))
            scene.Findings.Fault($"{person.Name} may watch {string.Join(',', watched)}, and should be able to watch {string.Join(',', expected)}.");

        var contacts = (await session.CallAsync<ContactPage>(nameof(ChatHub.ListContacts), new ListContactsRequest())).Contacts.ToDictionary(c => c.User.UserId, c => c.Name ?? "");
        foreach (var id in person.EverContacts)
            if (person.NameOf(id).Fact is { } name && name.Value != contacts.GetValueOrDefault(id))
                scene.Findings.Fault($"{person.Name} knows {id} as {name.Value}, and is told {contacts.GetValueOrDefault(id)}.");
        var blocked = (await session.CallAsync<BlockedPage>(nameof(ChatHub.ListBlocked), new ListBlockedRequest())).Users.Select(u => u.UserId).Order();
        if (!blocked.SequenceEqual(others.Where(id => rules.Blocks(person.UserId, id)).Order())) scene.Findings.Fault($"{person.Name} is told to block {string.Join(',', blocked)}.");
    }

    private sealed record Profile(long UserId, string? Status, long? PictureMediaId);
}

/// <summary>What people set, read from the database by itself.</summary>
internal sealed class PrivacyRules
{
    private readonly Dictionary<(long UserId, string Setting), string> _audiences = [];
    private HashSet<(long UserId, long OtherId)> _contacts = [];
    private HashSet<(long UserId, long OtherId)> _blocks = [];
    private HashSet<(long UserId, string Setting, long OtherId)> _exceptions = [];

    public static async Task<PrivacyRules> ReadAsync(Scene scene)
    {
        var (database, of) = (scene.Database, new { ids = scene.People.Select(p => p.UserId) });
        var rules = new PrivacyRules
        {
            _contacts = [.. await database.ListAsync<(long, long)>("SELECT user_id, contact_user_id FROM contacts WHERE user_id IN @ids", of)],
            _blocks = [.. await database.ListAsync<(long, long)>("SELECT user_id, blocked_user_id FROM blocks WHERE user_id IN @ids", of)],
            _exceptions = [.. await database.ListAsync<(long, string, long)>("SELECT user_id, setting, excepted_user_id FROM privacy_exceptions WHERE user_id IN @ids", of)],
        };
        foreach (var setting in PrivacySettings.All)
            foreach (var (userId, audience) in await database.ListAsync<(long, string)>($"SELECT user_id, {setting}_audience FROM user_settings WHERE user_id IN @ids", of))
                rules._audiences[(userId, setting)] = audience;
        return rules;
    }

    public bool Blocks(long userId, long otherId) => _blocks.Contains((userId, otherId));

    /// <summary>Whether somebody shows that of themselves to another.</summary>
    public bool Show(long userId, string setting, long toId) => userId == toId || (!Blocks(userId, toId) && _audiences.GetValueOrDefault((userId, setting), Audiences.Everyone) switch
    {
        Audiences.Everyone => true,
        Audiences.Contacts => _contacts.Contains((userId, toId)),
        Audiences.ContactsExcept => _contacts.Contains((userId, toId)) && !_exceptions.Contains((userId, setting, toId)),
        _ => false,
    });
}
