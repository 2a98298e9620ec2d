using Chat.Server.Features.Accounts;
using Chat.Server.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddDatabase();
builder.AddMessaging();
builder.AddAccounts();
builder.AddHealth();
builder.AddWebClient();

var app = builder.Build();
app.UseAccounts();
app.MapAccounts();
app.MapChatHub();
app.MapHealth();
app.MapWebClient();

await app.RunAsync();
