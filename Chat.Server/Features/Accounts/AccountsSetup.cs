using Chat.Data.Accounts;
using Chat.Server.Errors;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Accounts;

/// <summary>The accounts feature: who you are, and the HTTP pipeline that finds it out.</summary>
public static class AccountsSetup
{
    private const int MaxBodyBytes = 32 * 1024;

    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddHttpErrors();
        AddOptions(builder.Services);
        AddAuthentication(builder);

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISessionRevocations, NoSessionRevocations>();
        services.AddSingleton<UserRepository>();
        services.AddSingleton<SessionRepository>();
        services.AddSingleton<LoginFailureRepository>();
        services.AddSingleton<DataProtectionKeyRepository>();
        services.AddSingleton<IPasswordHasher<CredentialsRow>, PasswordHasher<CredentialsRow>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<SessionGuard>();
        services.AddSingleton<RegisterService>();
        services.AddSingleton<LogInService>();
        services.AddSingleton<RefreshService>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<UserDirectory>();
        services.AddHostedService<AccountsStartup>();
        services.AddHostedService<AccountsCleanup>();
        services.AddRateLimiter();
        services.AddChatOpenApi();
    }

    /// <summary>The middleware that everything behind it relies on: addresses, errors, who calls, how often.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseHttpErrors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Refuses(StatusCodes.Status400BadRequest)
            .Refuses(StatusCodes.Status429TooManyRequests)
            .Refuses(StatusCodes.Status503ServiceUnavailable)
            .AddEndpointFilter(async (context, next) =>
            {
                // Tokens and profiles are nobody else's, not even a cache's.
                context.HttpContext.Response.Headers.CacheControl = "no-store";
                return await next(context);
            });
        api.MapAuth();
        api.MapSessions();
        api.MapUsers();
        app.MapOpenApi("/openapi/{documentName}.json");
    }

    /// <summary>Documents an error answer.</summary>
    internal static TBuilder Refuses<TBuilder>(this TBuilder builder, int status) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));

    private static void AddOptions(IServiceCollection services)
    {
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProxyOptions>, ProxyOptionsValidator>();

        services.AddSingleton<IConfigureOptions<ForwardedHeadersOptions>, ForwardedHeadersFromProxyOptions>();
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, AccountRateLimits>();
        services.AddOptions<PasswordHasherOptions>()
            .Configure<IOptions<AuthOptions>>((hasher, auth) => hasher.IterationCount = auth.Value.PasswordIterations);
        services.AddOptions<KeyManagementOptions>()
            .Configure<DataProtectionKeyRing>((keys, ring) => keys.XmlRepository = ring);
    }

    private static void AddAuthentication(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<DataProtectionKeyRing>();
        services.AddDataProtection().SetApplicationName("Chat");

        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken(options =>
            options.Events.OnMessageReceived = context =>
            {
                // Browsers cannot set headers on a WebSocket.
                if (context.Request.Path.StartsWithSegments("/hub") && context.Request.Query["access_token"] is [{ Length: > 0 } token])
                    context.Token = token;
                return Task.CompletedTask;
            });
        // The framework logs addresses with their query at Information, and with them the tokens above.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        services.AddHttpContextAccessor();
        services.AddSingleton<IAuthorizationHandler, LiveSessionHandler>();
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .AddRequirements(new LiveSessionRequirement())
            .Build());
    }
}
