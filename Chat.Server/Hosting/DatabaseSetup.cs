using System.Data.Common;
using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Receipts;

namespace Chat.Server.Hosting;

/// <summary>Section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary>How long a starting node waits for the database.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Loads people and chats to look at into an empty database. Not for production: their password is known.</summary>
    public bool SeedDemo { get; init; }
}

internal static class DatabaseSetup
{
    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString("Chat");
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ConfigurationException("ConnectionStrings:Chat", "is missing: Server=…;Port=…;User ID=…;Password=…;Database=…");
        try
        {
            new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            // The text is not repeated: it holds a password.
            throw new ConfigurationException("ConnectionStrings:Chat", "is malformed");
        }

        builder.AddOptions("Database", new DatabaseOptions(), o => o.StartTimeout > TimeSpan.Zero ? null : ("StartTimeout", "must be positive"));
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DataMetrics>();
        services.AddSingleton(s => ChatDatabase.Create(connectionString, s.GetRequiredService<DataMetrics>()));
        services.AddSingleton<Migrator>();
        services.AddSingleton<DemoData>();
        services.AddHostedService<DatabaseStartup>();

        services.AddSingleton<IRosterReader, RosterRepository>();
        services.AddSingleton<IChatHeadReader, ChatHeadRepository>();
        services.AddSingleton<IDirectChatStore, DirectChatRepository>();
        services.AddSingleton<IParticipantReader, ParticipantRepository>();
        services.AddSingleton<IHistoryReader, HistoryRepository>();
        services.AddSingleton<IMessageInfoReader, MessageInfoRepository>();
        services.AddSingleton<IGroupStore, GroupRepository>();
        return builder;
    }
}
