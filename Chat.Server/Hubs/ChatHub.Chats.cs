using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Finds the direct chat with a user, or makes it. Two people opening it at once get the same one.</summary>
    public Task<ChatView> OpenDirectChat(OpenDirectChatRequest request) =>
        chats.OpenDirectChatAsync(CallerId, request.UserId, Context.ConnectionAborted);

    /// <summary>The chat that nobody but you is in.</summary>
    public Task<ChatView> OpenSavedMessages(OpenSavedMessagesRequest request) => chats.OpenSavedMessagesAsync(CallerId, Context.ConnectionAborted);

    /// <summary>The head of one of your chats.</summary>
    public Task<ChatView> GetChat(GetChatRequest request) =>
        chats.GetAsync(CallerId, request.ChatId, Context.ConnectionAborted);

    /// <summary>Your chats, by last activity, newest first.</summary>
    public Task<ChatPage> ListChats(ListChatsRequest request) =>
        chats.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Who is in one of your chats, with their marks.</summary>
    public Task<ParticipantPage> ListParticipants(ListParticipantsRequest request) =>
        chats.ListParticipantsAsync(CallerId, request, Context.ConnectionAborted);
}
