using Chat.Bench.Measuring;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Connect;
using Chat.Bench.Workloads.Group;
using Chat.Bench.Workloads.Idle;
using Chat.Bench.Workloads.Pairs;
using Chat.Bench.Workloads.Start;

namespace Chat.Bench.Comparing;

/// <summary>The comparisons that there are.</summary>
public static class Plans
{
    public const string Product = "product";
    public const string ProductReceipts = "product_receipts";
    public const string ProductOffline = "product_offline";
    public const string ProductTwoNodes = "product_two_nodes";
    public const string ProductTwoNodesMicrosoft = "product_two_nodes_microsoft";
    public const string Naive = "naive";
    public const string Floor = "floor";
    public const string FloorReceipts = "floor_receipts";

    private const int OfflineMembers = 10_000;
    private const double MaxPriceOfSecondNode = 1.6;

    /// <summary>Messages per second.</summary>
    public static ComparisonPlan Pairs(PairsOptions options, int rounds) => new("pairs",
    [
        new(Product, ServerKind.Product, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
        new(Naive, ServerKind.Naive, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
        new(Floor, ServerKind.Floor, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
    ], Figures.MessagesPerSecond, rounds);

    /// <summary>Messages per second whose sender was told that they were read, against the floor without receipts and with.</summary>
    public static ComparisonPlan Receipts(PairsOptions options, int rounds)
    {
        var (plain, receipts) = (options with { Receipts = false }, options with { Receipts = true });
        return new ComparisonPlan("receipts",
        [
            new(ProductReceipts, ServerKind.Product, (server, output, token) => PairsRun.RunAsync(server, receipts, output, token)),
            new(Floor, ServerKind.Floor, (server, output, token) => PairsRun.RunAsync(server, plain, output, token)),
            new(FloorReceipts, ServerKind.Floor, (server, output, token) => PairsRun.RunAsync(server, receipts, output, token)),
        ], Figures.MessagesPerSecond, rounds);
    }

    /// <summary>Latencies at a fixed pace.</summary>
    public static ComparisonPlan Paced(PairsOptions options, int rounds) => new("paced",
    [
        new(Product, ServerKind.Product, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
        new(Naive, ServerKind.Naive, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
        new(Floor, ServerKind.Floor, (server, output, token) => PairsRun.RunAsync(server, options, output, token)),
    ], Figures.AckP50, rounds);

    /// <summary>
    /// The price of the second node: processor time per delivered message of both nodes and Redis, with sender and receiver on different
    /// nodes, to that of one node without Redis. And to the same two nodes over Microsoft's backplane.
    /// </summary>
    public static ComparisonPlan Nodes(PairsOptions options, int rounds)
    {
        Workload run = (server, output, token) => PairsRun.RunAsync(server, options, output, token);
        return new ComparisonPlan("nodes",
        [
            new(ProductTwoNodes, ServerKind.Product, run) { Nodes = 2 },
            new(Product, ServerKind.Product, run),
            new(ProductTwoNodesMicrosoft, ServerKind.Product, run)
            {
                Nodes = 2, Settings = new Dictionary<string, string> { ["Redis__Backplane"] = "microsoft" },
            },
        ], Figures.ServerCpu, rounds)
        {
            MaxRatios = new Dictionary<string, double> { [Product] = MaxPriceOfSecondNode },
        };
    }

    /// <summary>Deliveries per second in one group, also with further members offline.</summary>
    public static ComparisonPlan Group(GroupOptions options, int rounds)
    {
        var (online, withOffline) = (options with { Offline = 0 }, options.Offline > 0 ? options : options with { Offline = OfflineMembers });
        return new ComparisonPlan("group",
        [
            new(Product, ServerKind.Product, (server, output, token) => GroupRun.RunAsync(server, online, output, token)),
            new(ProductOffline, ServerKind.Product, (server, output, token) => GroupRun.RunAsync(server, withOffline, output, token)),
            new(Floor, ServerKind.Floor, (server, output, token) => GroupRun.RunAsync(server, online, output, token)),
        ], Figures.DeliveriesPerSecond, rounds);
    }

    /// <summary>Memory per connection.</summary>
    public static ComparisonPlan Idle(IdleOptions options, int rounds) => new("idle",
    [
        new(Product, ServerKind.Product, (server, output, token) => IdleRun.RunAsync(server, options, output, token)),
        new(Floor, ServerKind.Floor, (server, output, token) => IdleRun.RunAsync(server, options, output, token)),
    ], Figures.KibibytesPerConnection, rounds);

    /// <summary>People coming back per second, against bare connections.</summary>
    public static ComparisonPlan Connect(ConnectOptions options, int rounds) => new("connect",
    [
        new(Product, ServerKind.Product, (server, output, token) => ConnectRun.RunAsync(server, options, output, token)),
        new(Floor, ServerKind.Floor, (server, output, token) => ConnectRun.RunAsync(server, options, output, token)),
    ], Figures.ConnectsPerSecond, rounds);

    /// <summary>Time to the first answer.</summary>
    public static ComparisonPlan Start(int runs) => new("start",
    [
        new(Product, ServerKind.Product, (server, output, token) => StartRun.RunAsync(server, runs, output, token), Probed: false),
        new(Floor, ServerKind.Floor, (server, output, token) => StartRun.RunAsync(server, runs, output, token), Probed: false),
    ], Figures.Started, Rounds: 1);
}
