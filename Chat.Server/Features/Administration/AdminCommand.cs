using Chat.Data;
using Chat.Data.Administration;

namespace Chat.Server.Features.Administration;

/// <summary>
/// <c>admin appoint LOGIN</c> and <c>admin dismiss LOGIN</c>: who runs the server says who its admins are. There is no other way to
/// become one, and no password that comes with the server.
/// </summary>
internal static class AdminCommand
{
    /// <summary>Runs it against the configured database, and is done.</summary>
    /// <returns>False when the arguments ask for something else.</returns>
    public static async Task<bool> TryRunAsync(string[] args, IServiceProvider services)
    {
        if (args is not ["admin", ("appoint" or "dismiss") and var what, var login]) return false;
        Environment.ExitCode = await RunAsync(login, isAdmin: what == "appoint", services, Console.Out);
        return true;
    }

    /// <returns>The exit code: 0 when it is done, 1 when nobody has this login, 2 when the database is away.</returns>
    internal static async Task<int> RunAsync(string login, bool isAdmin, IServiceProvider services, TextWriter output)
    {
        try
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
            var administration = services.GetRequiredService<AdministrationRepository>();
            var userId = await administration.SetAdminAsync(login, isAdmin, now, CancellationToken.None);
            await output.WriteLineAsync(
                userId is null ? "Nobody has this phone number or username."
                : isAdmin ? $"User {userId} is an admin now."
                : $"User {userId} is no admin any more.");
            return userId is null ? 1 : 0;
        }
        catch (DataUnavailableException)
        {
            await output.WriteLineAsync("The database cannot be reached.");
            return 2;
        }
    }
}
