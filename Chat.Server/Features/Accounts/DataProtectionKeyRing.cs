using System.Xml.Linq;
using Chat.Data;
using Chat.Data.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Chat.Server.Features.Accounts;

/// <summary>
/// Keeps the keys that protect access tokens in the database, so that every node accepts every token.
/// The XML is key material: it goes to the database and nowhere else.
/// </summary>
internal sealed class DataProtectionKeyRing(DataProtectionKeyRepository keys, TimeProvider time) : IXmlRepository
{
    // IXmlRepository is synchronous by contract. It is called at start-up, once a day, and when a key is made: never on a request's way
    // but for those rare moments. Off the caller's thread, so that no context can deadlock it.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(() => keys.ListAsync(CancellationToken.None)).GetAwaiter().GetResult().Select(xml => XElement.Parse(xml))];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => keys.InsertAsync(
                friendlyName, element.ToString(SaveOptions.DisableFormatting), time.GetUtcNow().UtcDateTime, CancellationToken.None))
            .GetAwaiter().GetResult();

    /// <summary>
    /// Makes sure that there is a key before the first token is asked for. Nodes take turns: two that start at once on an empty database
    /// would otherwise make one each, and refuse the other's tokens until they next read the ring. Where taking turns does not hold, at
    /// different nodes of a Galera cluster, one of them is refused by the database, and reads the other's. Needs the migrated database.
    /// </summary>
    public static Task EnsureAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var keys = services.GetRequiredService<DataProtectionKeyRepository>();
        var provider = services.GetRequiredService<IDataProtectionProvider>();
        return keys.ExclusivelyAsync(
            () =>
            {
                try
                {
                    Touch(provider);
                }
                catch (Exception exception) when (exception.GetBaseException().IsDuplicateKey())
                {
                    Touch(provider);
                }
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    /// <summary>Whatever is protected makes the framework read the ring, and make a key where there is none.</summary>
    private static void Touch(IDataProtectionProvider provider) =>
        provider.CreateProtector(nameof(DataProtectionKeyRing)).Protect([]);
}
