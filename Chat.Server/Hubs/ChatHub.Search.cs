using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Messages with these words in your chats.</summary>
    public Task<MessageSearchPage> SearchMessages(SearchMessagesRequest request) =>
        finding.Search.FindMessagesAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Messages with these words in one chat.</summary>
    public Task<ChatSearchPage> SearchChat(SearchChatRequest request) =>
        finding.Search.FindInChatAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Chats of yours by their name.</summary>
    public Task<ChatSearchResult> SearchChats(SearchChatsRequest request) =>
        finding.Search.FindChatsAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>People whom you know by their name, or anybody by the exact username.</summary>
    public Task<PeopleSearchResult> SearchPeople(SearchPeopleRequest request) =>
        finding.Search.FindPeopleAsync(CallerId, request, Context.ConnectionAborted);
}
