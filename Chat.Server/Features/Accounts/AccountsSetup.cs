using System.Text.Json.Serialization;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Features.Administration;
using Chat.Server.Features.Exports;
using Chat.Server.Hosting;
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
internal static class AccountsSetup
{
    private const int MaxBodyBytes = 32 * 1024;

    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        builder.AddHttpErrors();
        AddOptions(builder);
        AddAuthentication(builder);

        var services = builder.Services;
        services.TryAddSingleton<ISessionRevocations, NoSessionRevocations>();
        services.AddSingleton<UserRepository>();
        services.AddSingleton<SessionRepository>();
        services.AddSingleton<LoginFailureRepository>();
        services.AddSingleton<IPasswordHasher<CredentialsRow>, PasswordHasher<CredentialsRow>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<ISessionGuard, SessionGuard>();
        services.AddSingleton<RegisterService>();
        services.AddSingleton<LogInService>();
        services.AddSingleton<RefreshService>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<AccountRepository>();
        services.AddSingleton<PasswordGate>();
        services.AddSingleton<CredentialsService>();
        services.AddSingleton<DeleteAccountService>();
        services.AddSingleton<UserDirectory>();
        services.AddHostedService<AccountsStartup>();
        services.AddHostedService<AccountsCleanup>();
        services.AddRateLimiter();
        // A number is a number: the default also takes "1", and says so in the OpenAPI document.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddChatOpenApi();
        return builder;
    }

    /// <summary>The middleware that everything behind it relies on: addresses, errors, who calls, how often.</summary>
    public static WebApplication UseAccounts(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        return app;
    }

    public static WebApplication MapAccounts(this WebApplication app)
    {
        var api = app.MapGroup("/api")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Refuses(StatusCodes.Status400BadRequest)
            .Refuses(StatusCodes.Status413PayloadTooLarge)
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
        api.MapAccount();
        api.MapExports();
        api.MapAdministration();
        app.MapOpenApi("/openapi/{documentName}.json");
        return app;
    }

    /// <summary>Documents an error answer.</summary>
    internal static TBuilder Refuses<TBuilder>(this TBuilder builder, int status) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));

    private static void AddOptions(WebApplicationBuilder builder)
    {
        var auth = builder.AddOptions("Auth", new AuthOptions(), AuthOptions.FindFault);
        builder.AddOptions("Proxy", new ProxyOptions(), ProxyOptions.FindFault);

        var services = builder.Services;
        services.AddSingleton<IConfigureOptions<ForwardedHeadersOptions>, ForwardedHeadersFromProxyOptions>();
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, AccountRateLimits>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = auth.PasswordIterations);
    }

    /// <summary>Keys in the database, one ring for all nodes.</summary>
    internal static void AddKeyRing(this IServiceCollection services)
    {
        services.AddSingleton<DataProtectionKeyRepository>();
        services.AddSingleton<DataProtectionKeyRing>();
        services.AddDataProtection().SetApplicationName("Chat");
        services.AddOptions<KeyManagementOptions>()
            .Configure<DataProtectionKeyRing>((keys, ring) => keys.XmlRepository = ring);
    }

    private static void AddAuthentication(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddKeyRing();
        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken(options =>
            options.Events.OnMessageReceived = context =>
            {
                if (AccessTokens.InQuery(context.Request) is { } token) context.Token = token;
                return Task.CompletedTask;
            });
        // The framework logs addresses with their query at Information, and with them the tokens above.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        services.AddSingleton<IAuthorizationHandler, LiveSessionHandler>();
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .AddRequirements(new LiveSessionRequirement())
            .Build());
    }
}
