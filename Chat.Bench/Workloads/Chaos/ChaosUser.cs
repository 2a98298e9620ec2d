using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>A user with one direct chat, and the groups and the people that it cares for.</summary>
/// <param name="Contacts">Whose presence it watches.</param>
public sealed record ChaosUser(BenchUser User, long PartnerId, long DirectChatId, IReadOnlyList<long> GroupIds, IReadOnlyList<long> Contacts)
{
    public IReadOnlyList<long> ChatIds { get; } = [DirectChatId, .. GroupIds];
}

/// <param name="Bystanders">Members of every group, without a client.</param>
internal sealed record ChaosPeople(IReadOnlyList<ChaosUser> Users, IReadOnlyList<BenchUser> Bystanders);
