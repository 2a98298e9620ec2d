using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Properties;

/// <summary>
/// A file is for its uploader, for whoever sees a message that holds it, for whoever is shown it as a picture, and for nobody else; and it stays
/// as long as anything holds it, and no longer.
/// </summary>
internal sealed class FilePromises(Scene scene, IReadOnlyDictionary<Person, FreshRead> read)
{
    /// <summary>Of each person, how many files are fetched of those that they may have, and of those that they may not.</summary>
    private const int Sample = 2;

    public async Task CheckAsync()
    {
        var files = await ListAsync();
        var (rules, open, faces) = (await PrivacyRules.ReadAsync(scene), await PublicAsync(), await FacesAsync());
        foreach (var (person, fresh) in read)
        {
            var shownFaces = faces.Where(f => rules.Show(f.UserId, PrivacySettings.Picture, person.UserId)).Select(f => f.MediaId);
            await CheckAsync(person, files, [.. open, .. shownFaces, .. HeldFor(person, fresh, files)]);
        }
        await CheckHoldingAsync();
        await CheckCollectingAsync(files);
    }

    private Task<List<FileState>> ListAsync() => scene.Database.ListAsync<FileState>(
        "SELECT media_id, owner_id FROM media WHERE owner_id IN @ids ORDER BY media_id", new { ids = scene.People.Select(p => p.UserId) });

    /// <summary>What the channel shows to anybody, as long as it is public.</summary>
    private async Task<HashSet<long>> PublicAsync()
    {
        var channel = await scene.Database.ListAsync<(string? Username, long? Picture)>(
            "SELECT username, picture_media_id FROM chats WHERE chat_id = @channel", new { channel = scene.Channel });
        if (channel is not [{ Username: not null, Picture: var picture }]) return [];
        await using var session = new Session(scene.Addresses[0], scene.People[^1], "somebody before the channel", scene.Findings);
        await session.Hub.StartAsync();
        var page = await session.CallAsync<MessagePage>(nameof(ChatHub.PreviewChannel), new PreviewChannelRequest(scene.Channel, Limit: 100));
        return [.. page.Messages.Select(m => m.Media?.MediaId).Append(picture).OfType<long>()];
    }

    private Task<List<(long UserId, long MediaId)>> FacesAsync() => scene.Database.ListAsync<(long UserId, long MediaId)>(
        "SELECT user_id, picture_media_id FROM users WHERE user_id IN @ids AND picture_media_id IS NOT NULL", new { ids = scene.People.Select(p => p.UserId) });

    private static IEnumerable<long> HeldFor(Person person, FreshRead fresh, List<FileState> files) =>
        files.Where(f => f.OwnerId == person.UserId).Select(f => f.MediaId)
            .Concat(fresh.Messages.Select(m => m.Media?.MediaId).Concat(fresh.Heads.Select(h => h.PictureMediaId)).OfType<long>());

    private async Task CheckAsync(Person person, List<FileState> files, HashSet<long> expected)
    {
        var asked = files.Select(f => f.MediaId).ToList();
        var given = (await scene.Files.ListAddressesAsync(person, asked)).ToDictionary(u => u.MediaId, u => u.Url);
        if (!given.Keys.Order().SequenceEqual(asked.Where(expected.Contains)))
            scene.Findings.Fault($"{person.Name} may have the files {string.Join(',', given.Keys.Order())}, and should have {string.Join(',', asked.Where(expected.Contains))} of {string.Join(',', asked)}.");
        foreach (var (id, address) in given.OrderByDescending(g => g.Key).Take(Sample))
            if (await scene.Files.DownloadAsync(address) is not { } bytes || !bytes.SequenceEqual(scene.Files.BytesOf(id)))
                scene.Findings.Fault($"{person.Name} may have the file {id}, and gets something else by its address.");
        foreach (var id in asked.Except(given.Keys).OrderDescending().Take(Sample))
            if (await scene.Files.DownloadAsync(person, id) is not null) scene.Findings.Fault($"{person.Name} may not have the file {id}, and gets it.");
        // An address from before says who asked, and no more.
        foreach (var (id, address) in person.FileAddresses.Where(a => asked.Contains(a.Key)).Take(Sample))
            if (await scene.Files.DownloadAsync(address) is not null != expected.Contains(id))
                scene.Findings.Fault($"{person.Name} has an address of the file {id} from before; may have it now: {expected.Contains(id)}, and it is otherwise.");
    }

    /// <summary>Messages hold the files that they show, and what is deleted holds none.</summary>
    private async Task CheckHoldingAsync()
    {
        var wrong = await scene.Database.ListAsync<(long, long)>(
            """
            SELECT m.chat_id, m.message_id FROM messages m
            LEFT JOIN message_media f ON f.chat_id = m.chat_id AND f.message_id = m.message_id
            WHERE m.chat_id IN @chats AND (f.media_id IS NULL) <> (m.deleted_at IS NOT NULL OR m.message_type NOT IN ('image', 'document'))
            """,
            new { chats = scene.Chats });
        if (wrong.Count > 0) scene.Findings.Fault($"These messages hold a file that they have not, or have one that they do not hold: {string.Join(' ', wrong)}.");
    }

    private async Task CheckCollectingAsync(List<FileState> files)
    {
        var of = new { ids = scene.People.Select(p => p.UserId), past = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1) };
        await scene.Database.ExecuteAsync("UPDATE media SET check_after = @past WHERE owner_id IN @ids AND check_after IS NOT NULL", of);
        await Task.WhenAll(scene.Nodes.Select(node => node.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None)));
        var held = await scene.Database.ListAsync<long>(
            """
            SELECT media_id FROM media WHERE owner_id IN @ids AND (
              EXISTS (SELECT 1 FROM message_media f WHERE f.media_id = media.media_id)
              OR media_id IN (SELECT picture_media_id FROM users) OR media_id IN (SELECT picture_media_id FROM chats)
              OR media_id IN (SELECT CAST(JSON_VALUE(request, '$.mediaId') AS SIGNED) FROM scheduled_messages WHERE user_id IN @ids))
            """, of);
        var left = (await ListAsync()).Select(f => f.MediaId).ToList();
        if (!held.Order().SequenceEqual(left))
            scene.Findings.Fault($"Of the files {string.Join(',', files.Select(f => f.MediaId))}, {string.Join(',', held.Order())} are held, and {string.Join(',', left)} are left.");
        foreach (var id in left.OrderDescending().Take(Sample))
        {
            var owner = files.Single(f => f.MediaId == id).OwnerId;
            if (await scene.Files.DownloadAsync(scene.PersonOf(owner), id) is not { } bytes || !bytes.SequenceEqual(scene.Files.BytesOf(id)))
                scene.Findings.Fault($"The file {id} is held, and its bytes are gone.");
        }
    }

    private sealed record FileState(long MediaId, long OwnerId);
}
