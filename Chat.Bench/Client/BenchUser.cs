using System.Globalization;
using System.Net.Http.Json;
using Chat.Server.Features.Accounts;

namespace Chat.Bench.Client;

/// <summary>A user of a run, ready to connect.</summary>
public sealed record BenchUser(long UserId, string AccessToken, Uri Hub);

/// <summary>Makes users of the product through its HTTP API.</summary>
internal static class BenchUsers
{
    private const int Concurrency = 16;

    // Made new in each process, so that a run against a server that knew runs before does not meet its users.
    private static long _lastPhoneNumber = 1_000_000_000_000 + Random.Shared.NextInt64(8_000_000_000_000);

    /// <exception cref="BenchException">The server refused one.</exception>
    public static async Task<IReadOnlyList<BenchUser>> RegisterAsync(
        Uri address, Uri hub, int count, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        var users = new BenchUser[count];
        var done = 0;
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                users[index] = await RegisterOneAsync(http, hub, index, token);
                progress?.Report((double)Interlocked.Increment(ref done) / count);
            });
        return users;
    }

    /// <summary>A user of a server that measures: the token is the id, the chats stand in the address.</summary>
    public static BenchUser Bare(Uri hub, long userId, params IEnumerable<long> chatIds) => new(
        userId,
        userId.ToString(CultureInfo.InvariantCulture),
        new UriBuilder(hub) { Query = string.Join('&', chatIds.Select(chatId => $"chat={chatId}")) }.Uri);

    private static async Task<BenchUser> RegisterOneAsync(HttpClient http, Uri hub, int index, CancellationToken cancellationToken)
    {
        var phoneNumber = "+" + Interlocked.Increment(ref _lastPhoneNumber).ToString(CultureInfo.InvariantCulture);
        var request = new RegisterRequest($"Bench user {index + 1}", phoneNumber, "bench-password");
        using var answer = await http.PostAsJsonAsync("/api/auth/register", request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new BenchException($"A user could not be registered: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        var result = await answer.Content.ReadFromJsonAsync<AuthResult>(cancellationToken)
            ?? throw new BenchException("Registering a user answered nothing.");
        return new BenchUser(result.User.UserId, result.AccessToken, hub);
    }
}
