using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>Reads from a <c>SyncChatResult</c> which messages it brings, and nothing else.</summary>
internal static class SyncReader
{
    /// <returns>Message ids, in the order of the answer.</returns>
    public static List<long> ReadIds(ReadOnlySpan<byte> payload)
    {
        var ids = new List<long>();
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = reader.ValueTextEquals("messages"u8);
            reader.Read();
            if (!isMessages)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ids.Add(ReadId(ref reader));
        }
        return ids;
    }

    private static long ReadId(ref Utf8JsonReader reader)
    {
        long id = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("messageId"u8);
            reader.Read();
            if (isId) id = reader.GetInt64();
            else reader.Skip();
        }
        return id;
    }
}
