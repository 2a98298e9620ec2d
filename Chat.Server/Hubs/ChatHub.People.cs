using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Somebody whom you do not want to hear of. They are not told.</summary>
    public Task<BlockResult> BlockUser(BlockUserRequest request) => people.Blocks.BlockAsync(CallerId, request);

    /// <summary>Ends a block. What was sent to you under it stays away.</summary>
    public Task<BlockResult> UnblockUser(UnblockUserRequest request) => people.Blocks.UnblockAsync(CallerId, request);

    /// <summary>Whom you block.</summary>
    public Task<BlockedPage> ListBlocked(ListBlockedRequest request) => people.Blocks.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Makes somebody a contact of yours, by user id or by phone number.</summary>
    public Task<ContactView> AddContact(AddContactRequest request) => people.Contacts.AddAsync(CallerId, request);

    /// <summary>Your own name for a contact.</summary>
    public Task<ContactView> RenameContact(RenameContactRequest request) => people.Contacts.RenameAsync(CallerId, request);

    /// <summary>Somebody is no longer a contact of yours.</summary>
    public Task<RemoveContactResult> RemoveContact(RemoveContactRequest request) => people.Contacts.RemoveAsync(CallerId, request);

    /// <summary>Your contacts.</summary>
    public Task<ContactPage> ListContacts(ListContactsRequest request) => people.Contacts.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Makes those who have one of these phone numbers contacts of yours.</summary>
    public Task<ImportContactsResult> ImportContacts(ImportContactsRequest request) => people.Contacts.ImportAsync(CallerId, request);
}
