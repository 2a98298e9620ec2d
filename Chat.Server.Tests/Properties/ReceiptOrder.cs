namespace Chat.Server.Tests.Properties;

/// <summary>
/// One node tells one connection of somebody's marks in the order in which they were made. Of read marks in direct chats that says nothing: they
/// are 0 while they are not shared.
/// </summary>
internal sealed class ReceiptOrder(Device device)
{
    private readonly Dictionary<(long ChatId, long UserId), ReceiptView> _last = [];

    public void Heard(long chatId, ReceiptView receipt)
    {
        var key = (chatId, receipt.UserId);
        var isDirect = device.Person.Readings.Exists(r => r.ChatId == chatId);
        // Several nodes push independently of each other.
        if (device.Scene.Nodes.Count == 1 && _last.TryGetValue(key, out var last)
            && (receipt.DeliveredUpTo < last.DeliveredUpTo || (!isDirect && receipt.ReadUpTo < last.ReadUpTo)))
            device.Findings.Fault($"{device.Name} hears of chat {chatId} {receipt} after {last}.");
        _last[key] = receipt;
    }
}
