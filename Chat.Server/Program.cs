using Chat.Server.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder
    .AddDatabase()
    .AddMessaging()
    .AddHealth()
    .AddWebClient();

var app = builder.Build();
app
    .MapChatHub()
    .MapHealth()
    .MapWebClient();

await app.RunAsync();

/// <summary>The entry point, visible to the tests that host the server.</summary>
public partial class Program;
