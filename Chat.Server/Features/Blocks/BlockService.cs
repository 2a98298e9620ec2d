using Chat.Data.Blocks;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Blocks;

/// <summary>Blocks people. What a block does stands in docs/protocol.md; who it concerns hears nothing of it.</summary>
public sealed class BlockService(IBlockStore blocks, PrivacyService privacy, PrivacyCache cache, ChatMembership membership, TimeProvider time)
{
    /// <summary>More are refused: the list is held in memory by every node that has to do with the person.</summary>
    private const int MaxBlocked = 1000;

    /// <summary>Goes on when its caller hangs up: what is committed must be told to every node.</summary>
    /// <exception cref="ChatException"><c>not_found</c>: no such user; <c>invalid</c>: oneself; <c>too_large</c>.</exception>
    public async Task<BlockResult> BlockAsync(long userId, BlockUserRequest request)
    {
        if (request.UserId == userId) throw ChatException.Invalid("userId", "must be somebody else");
        var change = await blocks.BlockAsync(userId, request.UserId, MaxBlocked, time.GetUtcNow().UtcDateTime, CancellationToken.None);
        if (change.Outcome is BlockOutcome.UserNotFound) throw ChatException.NotFound("this user");
        if (change.Outcome is BlockOutcome.TooMany) throw ChatException.TooLarge("userId", $"at most {MaxBlocked} people can be blocked");
        await TellAsync(userId, change);
        return new BlockResult(request.UserId, Blocked: true);
    }

    /// <summary>Somebody who is not blocked stays so.</summary>
    public async Task<BlockResult> UnblockAsync(long userId, UnblockUserRequest request)
    {
        await TellAsync(userId, await blocks.UnblockAsync(userId, request.UserId, CancellationToken.None));
        return new BlockResult(request.UserId, Blocked: false);
    }

    public async Task<BlockedPage> ListAsync(long userId, ListBlockedRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await blocks.ListAsync(userId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        var users = await privacy.HideAsync(userId, [.. rows.Take(limit).Select(row => row.ToUser())], cancellationToken);
        return new BlockedPage(users, rows.Count > limit);
    }

    /// <summary>Also when nothing was changed: the first try may have been cut off after its commit.</summary>
    private async Task TellAsync(long userId, BlockChange change)
    {
        cache.HasChanged(userId);
        if (change.DirectChatId is { } chatId) await membership.RefreshAsync(chatId, []);
    }
}
