using Chat.Data.Accounts;
using Chat.Data.Chats;
using Chat.Data.Exports;
using Chat.Server.Errors;
using Chat.Server.Features.Exports;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Accounts;

/// <summary>
/// Ends an account for good. Groups are left, and handed over, as by leaving each; what others have in their history stays, with a tombstone
/// for its author. A call that breaks off in between may be repeated while the account is still there.
/// </summary>
internal sealed class DeleteAccountService(
    AccountRepository accounts,
    PasswordGate gate,
    IRosterReader rosters,
    GroupService groups,
    ExportRepository exports,
    ExportFiles exportFiles,
    PrivacyCache privacy,
    ISessionRevocations revocations,
    TimeProvider time)
{
    /// <summary>What others read in place of the name.</summary>
    private const string TombstoneName = "Deleted account";

    /// <exception cref="ChatException"><c>forbidden</c>: a wrong password; <c>rate_limited</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.</exception>
    public async Task DeleteAsync(long userId, DeleteAccountRequest request, string address, CancellationToken cancellationToken)
    {
        var own = await gate.PassAsync(userId, "password", request.Password, address, cancellationToken);
        await LeaveGroupsAsync(userId);
        foreach (var file in await exports.ListFilesAsync(userId, CancellationToken.None)) exportFiles.Delete(file);
        var ended = await accounts.DeleteAsync(userId, own.PasswordHash, TombstoneName, time.GetUtcNow().UtcDateTime, CancellationToken.None)
            ?? throw ChatException.Forbidden("the password was changed meanwhile");
        await revocations.RevokedAsync(userId, ended, CancellationToken.None);
        privacy.HasChanged(userId);
        // Somebody may have added the account to a group while it was leaving the others. From the deletion on nobody can.
        await LeaveGroupsAsync(userId);
    }

    private async Task LeaveGroupsAsync(long userId)
    {
        foreach (var chatId in await rosters.ListGroupIdsAsync(userId, CancellationToken.None))
        {
            try
            {
                await groups.LeaveAsync(userId, new LeaveGroupRequest(chatId));
            }
            catch (ChatException exception) when (exception.Code == ErrorCodes.NotFound)
            {
                // Removed from it meanwhile.
            }
        }
    }
}
