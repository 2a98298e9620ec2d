using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Accounts;

/// <summary><c>/api/me/…</c>: what needs the password once more.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder api)
    {
        var account = api.MapGroup("/me").WithTags("Account")
            .RequireAuthorization()
            .RequireRateLimiting(AccountRateLimits.AuthPolicy)
            .Refuses(StatusCodes.Status403Forbidden);

        account.MapPost("/password", ChangePasswordAsync)
            .WithSummary("Change your password.")
            .WithDescription("Ends all your sessions but this one.");
        account.MapPost("/phone-number", ChangePhoneNumberAsync)
            .WithSummary("Change your phone number.")
            .WithDescription("Ends all your sessions but this one.")
            .Refuses(StatusCodes.Status409Conflict);
        account.MapPost("/delete", DeleteAsync)
            .WithSummary("Delete your account, for good.")
            .WithDescription("Ends all your sessions. Your groups are left and handed over; your messages stay with those who have them, without your name.");
    }

    private static async Task<NoContent> ChangePasswordAsync(
        ChangePasswordRequest request, ClaimsPrincipal caller, HttpContext context, CredentialsService service, CancellationToken cancellationToken)
    {
        await service.ChangePasswordAsync(caller.UserId(), caller.SessionId(), request, ClientAddress.Of(context), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Profile>> ChangePhoneNumberAsync(
        ChangePhoneNumberRequest request, ClaimsPrincipal caller, HttpContext context, CredentialsService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ChangePhoneNumberAsync(caller.UserId(), caller.SessionId(), request, ClientAddress.Of(context), cancellationToken));

    private static async Task<NoContent> DeleteAsync(
        DeleteAccountRequest request, ClaimsPrincipal caller, HttpContext context, DeleteAccountService service, CancellationToken cancellationToken)
    {
        await service.DeleteAsync(caller.UserId(), request, ClientAddress.Of(context), cancellationToken);
        return TypedResults.NoContent();
    }
}
