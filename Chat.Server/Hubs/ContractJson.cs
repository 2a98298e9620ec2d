using System.Text.Json.Serialization;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

/// <summary>JSON of the hub's contract, generated at build time: no reflection on the message path.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(OpenDirectChatRequest))]
[JsonSerializable(typeof(GetChatRequest))]
[JsonSerializable(typeof(ListChatsRequest))]
[JsonSerializable(typeof(ListParticipantsRequest))]
[JsonSerializable(typeof(CreateGroupRequest))]
[JsonSerializable(typeof(AddMembersRequest))]
[JsonSerializable(typeof(RemoveMemberRequest))]
[JsonSerializable(typeof(LeaveGroupRequest))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(ListMessagesRequest))]
[JsonSerializable(typeof(SyncChatRequest))]
[JsonSerializable(typeof(MarkRequest))]
[JsonSerializable(typeof(GetMessageInfoRequest))]
[JsonSerializable(typeof(ChatView))]
[JsonSerializable(typeof(ChatPage))]
[JsonSerializable(typeof(ParticipantPage))]
[JsonSerializable(typeof(MembershipResult))]
[JsonSerializable(typeof(SendMessageResult))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(SyncChatResult))]
[JsonSerializable(typeof(MarkResult))]
[JsonSerializable(typeof(MessageInfo))]
[JsonSerializable(typeof(MessageView))]
[JsonSerializable(typeof(ReceiptsAdvancedEvent))]
[JsonSerializable(typeof(ChatUpdatedEvent))]
[JsonSerializable(typeof(ChatRemovedEvent))]
[JsonSerializable(typeof(ResyncRequiredEvent))]
internal sealed partial class ContractJson : JsonSerializerContext;
