using Chat.Server.Features.Accounts;
using Chat.Server.Features.Contract;
using Chat.Server.Hosting;

if (ContractSetup.TryPrint(args)) return;

var builder = WebApplication.CreateBuilder(args);
builder.AddDatabase();
builder.AddMessaging();
builder.AddPresence();
builder.AddAccounts();
builder.AddHealth();
builder.AddWebClient();

var app = builder.Build();
app.UseAccounts();
app.MapAccounts();
app.MapChatHub();
app.MapContract();
app.MapHealth();
app.MapWebClient();

await app.RunAsync();
