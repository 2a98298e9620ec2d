using System.Text;
using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>Record types of SignalR's JSON protocol that a server sends.</summary>
public static class HubRecordTypes
{
    public const int Invocation = 1;
    public const int Completion = 3;
    public const int Ping = 6;
    public const int Close = 7;
}

/// <summary>
/// One record of SignalR's JSON protocol, read as far as the dispatch needs it. The server writes <c>arguments</c> and
/// <c>result</c> last, so reading stops there; whoever wants the payload reads on from <see cref="Payload"/>.
/// </summary>
public readonly ref struct HubRecord
{
    private HubRecord(int type, ReadOnlySpan<byte> invocationId, ReadOnlySpan<byte> target, ReadOnlySpan<byte> error, ReadOnlySpan<byte> payload)
    {
        Type = type;
        InvocationId = invocationId;
        Target = target;
        _error = error;
        Payload = payload;
    }

    private readonly ReadOnlySpan<byte> _error;

    /// <summary>See <see cref="HubRecordTypes"/>.</summary>
    public int Type { get; }

    public ReadOnlySpan<byte> InvocationId { get; }

    public ReadOnlySpan<byte> Target { get; }

    /// <summary>
    /// JSON from the result, or from the first argument, on. Bytes that follow the value belong to the record.
    /// Empty where there is none.
    /// </summary>
    public ReadOnlySpan<byte> Payload { get; }

    public bool HasError => !_error.IsEmpty;

    /// <summary>The error's text. The server may put a sentence of its own before the contract's.</summary>
    public string Error
    {
        get
        {
            const string mark = "HubException: ";
            var text = JsonSerializer.Deserialize<string>(_error) ?? "";
            var at = text.LastIndexOf(mark, StringComparison.Ordinal);
            return at < 0 ? text : text[(at + mark.Length)..];
        }
    }

    public static HubRecord Parse(ReadOnlySpan<byte> record) => TryScan(record, out var scanned) ? scanned : Read(record);

    /// <summary>The two records that a run consists of, as SignalR writes them.</summary>
    private static bool TryScan(ReadOnlySpan<byte> record, out HubRecord scanned)
    {
        var scanner = new FieldScanner(record);
        if (scanner.Expect("{\"type\":1,\"target\":\""u8))
        {
            var isPush = scanner.Text(out var target) && scanner.Expect(""","arguments":["""u8);
            scanned = new HubRecord(HubRecordTypes.Invocation, default, target, default, scanner.Rest);
            return isPush;
        }
        ReadOnlySpan<byte> id = default;
        var isResult = scanner.Expect("{\"type\":3,\"invocationId\":\""u8) && scanner.Text(out id) && scanner.Expect(""","result":"""u8);
        scanned = new HubRecord(HubRecordTypes.Completion, id, default, default, scanner.Rest);
        return isResult;
    }

    private static HubRecord Read(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record);
        ReadOnlySpan<byte> invocationId = default, target = default, error = default;
        var type = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("invocationId"u8))
            {
                reader.Read();
                invocationId = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("target"u8))
            {
                reader.Read();
                target = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error = record[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                return new HubRecord(type, invocationId, target, error, record[(int)reader.TokenStartIndex..]);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                return new HubRecord(type, invocationId, target, error, record[(int)reader.BytesConsumed..]);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return new HubRecord(type, invocationId, target, error, default);
    }

    /// <summary>The payload as an object of the contract.</summary>
    public T Read<T>(JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(Payload);
        return JsonSerializer.Deserialize<T>(ref reader, options)
            ?? throw new JsonException($"The payload of {Encoding.UTF8.GetString(Target)} is null.");
    }
}
