using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Administration;
using Chat.Server.Features.Contract;
using Chat.Server.Features.Exports;
using Chat.Server.Features.Media;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Draining;

if (ContractSetup.TryPrint(args)) return;

var builder = WebApplication.CreateBuilder(args);
builder.AddDatabase();
builder.AddMessaging();
builder.AddConnections();
builder.AddRedis();
builder.AddPresence();
builder.AddPeople();
builder.AddMarks();
builder.AddFinding();
builder.AddAdministration();
builder.AddAccounts();
builder.AddExports();
builder.AddMedia();
builder.AddHealth();
builder.AddTelemetry();
builder.AddDrain();
builder.AddWebClient();

var app = builder.Build();
if (await AdminCommand.TryRunAsync(args, app.Services)) return;

app.UseHttpErrors();
app.UseDrain();
app.UseConnectionAdmission();
app.UseAccounts();
app.MapAccounts();
app.MapMedia();
app.MapChatHub();
app.MapContract();
app.MapHealth();
app.MapWebClient();

await app.RunAsync();
