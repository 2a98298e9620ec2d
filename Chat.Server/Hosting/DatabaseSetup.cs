using System.Data.Common;
using Chat.Data;
using Chat.Data.Bans;
using Chat.Data.Channels;
using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Invites;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Data.Pictures;
using Chat.Data.Receipts;

namespace Chat.Server.Hosting;

/// <summary>Section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary>How long a starting node waits for the database.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Loads people and chats to look at into an empty database. Not for production: their password is known.</summary>
    public bool SeedDemo { get; init; }

    /// <summary>How long a read of the replica may take before the primary is asked instead.</summary>
    public TimeSpan ReplicaTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the replica is left alone after it failed.</summary>
    public TimeSpan ReplicaRest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Chat lists, syncs and pages of history that this node reads at the same time.</summary>
    public int MaxCatchUps { get; init; } = ChatDatabase.DefaultMaxCatchUps;

    /// <summary>Memory for messages that were just read, so that the next one of their chat need not read them again; 0 for none.</summary>
    public int MaxRecentMegabytes { get; init; } = 64;

    internal static (string Key, string Reason)? Check(DatabaseOptions options) =>
        options.StartTimeout <= TimeSpan.Zero ? ("StartTimeout", "must be positive")
        : options.ReplicaTimeout <= TimeSpan.Zero ? ("ReplicaTimeout", "must be positive")
        : options.ReplicaRest <= TimeSpan.Zero ? ("ReplicaRest", "must be positive")
        : options.MaxCatchUps < 1 ? ("MaxCatchUps", "must be at least 1")
        : options.MaxRecentMegabytes < 0 ? ("MaxRecentMegabytes", "must not be negative")
        : null;
}

internal static class DatabaseSetup
{
    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString("Chat");
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ConfigurationException("ConnectionStrings:Chat", "is missing: Server=…;Port=…;User ID=…;Password=…;Database=…");
        CheckConnectionString("ConnectionStrings:Chat", connectionString);
        builder.AddOptions("Database", new DatabaseOptions(), DatabaseOptions.Check);
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DataMetrics>();
        services.AddSingleton(s => ChatDatabase.Create(
            connectionString, s.GetRequiredService<DataMetrics>(), s.GetRequiredService<DatabaseOptions>().MaxCatchUps));
        services.AddSingleton<Migrator>();
        services.AddSingleton<DemoData>();
        services.AddHostedService<DatabaseStartup>();
        if (builder.Configuration.GetConnectionString("ChatReplica") is { Length: > 0 } replica) services.AddReplica(replica);

        services.AddSingleton(s => new RecentMessages(
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<DatabaseOptions>().MaxRecentMegabytes * (1L << 20)));
        services.AddSingleton<IRosterReader, RosterRepository>();
        services.AddSingleton<IChatHeadReader, ChatHeadRepository>();
        services.AddSingleton<IDirectChatStore, DirectChatRepository>();
        services.AddSingleton<IParticipantReader, ParticipantRepository>();
        services.AddSingleton<IHistoryReader, HistoryRepository>();
        services.AddSingleton<IMessageInfoReader, MessageInfoRepository>();
        services.AddSingleton<IGroupStore, GroupRepository>();
        services.AddSingleton<IGroupRoleStore, GroupRoleRepository>();
        services.AddSingleton<IChannelStore, ChannelRepository>();
        services.AddSingleton<IRightsReader, RightsRepository>();
        services.AddSingleton<IInviteStore, InviteRepository>();
        services.AddSingleton<IBanStore, BanRepository>();
        services.AddSingleton<IChatPictureStore, ChatPictureRepository>();
        return builder;
    }

    private static void AddReplica(this IServiceCollection services, string connectionString)
    {
        CheckConnectionString("ConnectionStrings:ChatReplica", connectionString);
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<DatabaseOptions>();
            return new ReadReplica(
                ChatDatabase.Create(connectionString), new ReplicaLimits(options.ReplicaTimeout, options.ReplicaRest),
                s.GetRequiredService<DataMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ReadReplica>>());
        });
    }

    private static void CheckConnectionString(string path, string connectionString)
    {
        try
        {
            new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            // The text is not repeated: it holds a password.
            throw new ConfigurationException(path, "is malformed");
        }
    }
}
