using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chat.Data.Reactions;

/// <summary>How many people reacted to one message with which emoji: column <c>messages.reactions</c>, a JSON object, null without any.</summary>
public sealed class ReactionCounts
{
    // An emoji takes its four bytes, not twelve.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, int> _counts;

    private ReactionCounts(Dictionary<string, int> counts) => _counts = counts;

    public int Kinds => _counts.Count;

    /// <summary>The most used first; the order of two as often used is always the same.</summary>
    public IEnumerable<KeyValuePair<string, int>> MostUsedFirst =>
        _counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal);

    public static ReactionCounts Read(string? json) => new(json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, int>>(json, Json)!);

    /// <returns>Null without any.</returns>
    public string? Write() => _counts.Count == 0 ? null : JsonSerializer.Serialize(_counts, Json);

    /// <summary>
    /// The emoji as it is counted already: with and without the mark that asks for a coloured picture (U+FE0F) it is the same to people.
    /// </summary>
    public string SpellingOf(string emoji) => _counts.Keys.FirstOrDefault(known => Plain(known) == Plain(emoji)) ?? emoji;

    public void Add(string emoji) => _counts[emoji] = _counts.GetValueOrDefault(emoji) + 1;

    public void Remove(string emoji)
    {
        if (_counts.GetValueOrDefault(emoji) > 1) _counts[emoji]--;
        else _counts.Remove(emoji);
    }

    private static string Plain(string emoji) => emoji.Replace("\ufe0f", "", StringComparison.Ordinal);
}
