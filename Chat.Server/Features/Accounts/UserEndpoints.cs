using System.ComponentModel;
using System.Security.Claims;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Accounts;

/// <summary><c>/api/me</c> and <c>/api/users</c>: oneself and others.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var me = api.MapGroup("/me").WithTags("Profile").RequireAuthorization();
        me.MapGet("", GetMeAsync).WithSummary("Your own account.");
        me.MapPatch("", UpdateMeAsync)
            .WithSummary("Change your own account.")
            .WithDescription("What is absent stays as it is; null clears.")
            .Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status409Conflict);

        var users = api.MapGroup("/users").WithTags("Users").RequireAuthorization().RequireRateLimiting(AccountRateLimits.LookupPolicy);
        users.MapGet("", ListAsync).WithSummary("Several people at once.");
        users.MapGet("/find", FindAsync)
            .WithSummary("Who has this phone number or username.")
            .Refuses(StatusCodes.Status404NotFound);
        users.MapGet("/{userId}", GetAsync)
            .WithSummary("One person.")
            .Refuses(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Profile>> GetMeAsync(ClaimsPrincipal caller, ProfileService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetAsync(caller.UserId(), cancellationToken));

    private static async Task<Ok<Profile>> UpdateMeAsync(
        UpdateProfileRequest request, ClaimsPrincipal caller, ProfileService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.UpdateAsync(caller.UserId(), request, cancellationToken));

    private static async Task<Ok<UserList>> ListAsync(
        [Description("1-100 ids, separated by commas.")] string? ids, ClaimsPrincipal caller, UserDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Ok(await directory.ListAsync(caller.UserId(), ids, cancellationToken));

    private static async Task<Ok<UserView>> FindAsync(
        [Description("The exact phone number or username.")] string? login, ClaimsPrincipal caller, UserDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Ok(await directory.FindAsync(caller.UserId(), login, cancellationToken));

    private static async Task<Ok<UserView>> GetAsync(
        long userId, ClaimsPrincipal caller, UserDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Ok(await directory.GetAsync(caller.UserId(), userId, cancellationToken));
}
