using System.IO.Compression;
using System.Text.Json;
using Chat.Data.Accounts;
using Chat.Data.Chats;
using Chat.Data.Media;
using Chat.Data.Messages;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Blocks;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Contacts;
using Chat.Server.Features.Media.Storage;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Scheduling;
using Chat.Server.Features.Settings;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Exports;

/// <summary>
/// Writes what somebody may see of their own data, as JSON in a zip: profile, sessions, settings, contacts, blocks, messages that wait for their time,
/// chats, and each chat's messages, and their files and the person's own picture.
/// Reads as the person's own client would, page by page, and holds one page at a time.
/// </summary>
internal sealed class ExportWriter(
    UserRepository users,
    SessionService sessions,
    SettingsService settings,
    ContactService contacts,
    BlockService blocks,
    ScheduleService scheduled,
    ChatService chats,
    IHistoryReader history,
    MediaRepository media,
    IMediaStore mediaStore,
    ExportOptions options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="progress">Called with chats done and in all, after each page; throws to stop.</param>
    public async Task WriteAsync(long userId, Stream output, Func<int, int, Task> progress, CancellationToken cancellationToken)
    {
        // Entries that come to nothing are not seekable streams' matter: the archive is written from front to back.
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var profile = await users.GetAsync(userId, cancellationToken) ?? throw new InvalidOperationException($"There is no user {userId}.");
        await AddAsync(zip, "profile.json", profile.ToProfile(), cancellationToken);
        await AddAsync(zip, "sessions.json", await sessions.ListAsync(userId, currentSessionId: 0, cancellationToken), cancellationToken);
        await AddAsync(zip, "settings.json", await settings.GetAsync(userId, cancellationToken), cancellationToken);
        await AddListAsync(zip, "contacts.json", ContactsAsync(userId, cancellationToken), cancellationToken);
        await AddListAsync(zip, "blocked.json", BlockedAsync(userId, cancellationToken), cancellationToken);
        var waiting = (await scheduled.ListAsync(userId, cancellationToken)).Messages;
        await AddAsync(zip, "scheduled.json", waiting, cancellationToken);

        var files = new ExportMedia(media, mediaStore, options.MaxMediaBytes);
        foreach (var message in waiting)
            if (message.Media is { } file) files.Add(file.MediaId);
        if (profile.PictureMediaId is { } picture) files.Add(picture);
        var chatIds = new List<long>();
        await AddListAsync(zip, "chats.json", ChatsAsync(userId, chatIds, cancellationToken), cancellationToken);
        for (var done = 0; done < chatIds.Count; done++)
        {
            var before = done;
            await progress(before, chatIds.Count);
            Task PartDoneAsync() => progress(before, chatIds.Count);
            var messages = MessagesAsync(userId, chatIds[done], files, PartDoneAsync, cancellationToken);
            await AddListAsync(zip, $"chats/{chatIds[done]}.json", messages, cancellationToken);
            await files.WriteAsync(zip, userId, PartDoneAsync, cancellationToken);
        }
        await files.WriteAsync(zip, userId, () => progress(chatIds.Count, chatIds.Count), cancellationToken);
        await AddAsync(zip, "media.json", files.Written, cancellationToken);
        await progress(chatIds.Count, chatIds.Count);
    }

    private async IAsyncEnumerable<ContactView> ContactsAsync(
        long userId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? after = null;
        ContactPage page;
        do
        {
            page = await contacts.ListAsync(userId, new ListContactsRequest(after), cancellationToken);
            foreach (var contact in page.Contacts) yield return contact;
            after = page.Contacts is [.., var last] ? last.User.UserId : null;
        }
        while (page.HasMore);
    }

    private async IAsyncEnumerable<UserView> BlockedAsync(
        long userId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? after = null;
        BlockedPage page;
        do
        {
            page = await blocks.ListAsync(userId, new ListBlockedRequest(after), cancellationToken);
            foreach (var user in page.Users) yield return user;
            after = page.Users is [.., var last] ? last.UserId : null;
        }
        while (page.HasMore);
    }

    /// <param name="chatIds">Gets the ids on the way: numbers are all that is kept of the chats.</param>
    private async IAsyncEnumerable<ChatView> ChatsAsync(
        long userId, List<long> chatIds, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = new HashSet<long>();
        string? cursor = null;
        do
        {
            var page = await chats.ListAsync(userId, new ListChatsRequest(cursor, Limits.PageSize), cancellationToken);
            foreach (var chat in page.Chats)
            {
                // A chat that somebody writes in meanwhile moves to the front of the list.
                if (!known.Add(chat.ChatId)) continue;
                chatIds.Add(chat.ChatId);
                yield return chat;
            }
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private async IAsyncEnumerable<MessageView> MessagesAsync(
        long userId, long chatId, ExportMedia files, Func<Task> pageDone, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageSize = 500;
        var after = 0L;
        while (true)
        {
            // Null: the person left, or was removed, since the chats were listed.
            if (await history.ReadPageAsync(chatId, userId, HistoryAnchor.After, after, PageSize, cancellationToken) is not { Messages.Count: > 0 } read)
                yield break;
            foreach (var view in read.Messages.ToViews())
            {
                if (view.Media is { } file) files.Add(file.MediaId);
                yield return view;
            }
            after = read.Messages[^1].MessageId;
            if (read.Messages.Count < PageSize) yield break;
            await pageDone();
        }
    }

    private static async Task AddAsync<T>(ZipArchive zip, string name, T value, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(entry, value, Json, cancellationToken);
    }

    /// <summary>One item after another: the serializer writes out what it has as it goes.</summary>
    private static async Task AddListAsync<T>(ZipArchive zip, string name, IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(entry, items, Json, cancellationToken);
    }
}
