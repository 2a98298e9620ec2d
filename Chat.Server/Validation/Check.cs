using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chat.Server.Errors;

namespace Chat.Server.Validation;

/// <summary>
/// What every input must satisfy, whichever door it came through. Each method returns the value or throws a
/// <see cref="ChatException"/> that names the field: <c>invalid</c>, or <c>too_large</c> above a maximum.
/// Field names are the wire's (camelCase). The value itself is never part of an error.
/// </summary>
public static class Check
{
    /// <summary>Control characters and line separators. Most texts hold none of them, and that is found out many characters at a time.</summary>
    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue).Select(c => (char)c).Where(c => char.IsControl(c) || c is '\u2028' or '\u2029')]);

    /// <summary>Ids are positive and stay below 2^53, so that JavaScript holds them exactly.</summary>
    public const long MaxId = (1L << 53) - 1;

    /// <summary>
    /// A text of <paramref name="minLength"/> to <paramref name="maxLength"/> UTF-16 units (JavaScript's <c>length</c>), whole characters only,
    /// without control characters. Nothing is trimmed.
    /// </summary>
    /// <param name="allowNewLines">Whether line ends and tabs are fine.</param>
    public static string Text(string field, [NotNull] string? value, int minLength, int maxLength, bool allowNewLines = false)
    {
        if (value is null)
            throw ChatException.Invalid(field, "is required");
        if (value.Length > maxLength)
            throw ChatException.TooLarge(field, $"must have at most {maxLength} characters");
        if (value.Length < minLength)
            throw ChatException.Invalid(field, value.Length == 0 ? "must not be empty" : $"must have at least {minLength} characters");
        WellFormed(field, value, allowNewLines);
        return value;
    }

    /// <summary>Like <see cref="Text"/>, but null is fine.</summary>
    public static string? OptionalText(string field, string? value, int minLength, int maxLength, bool allowNewLines = false) =>
        value is null ? null : Text(field, value, minLength, maxLength, allowNewLines);

    public static long Id(string field, long value) =>
        value is >= 1 and <= MaxId ? value : throw ChatException.Invalid(field, "must be an id: a whole number from 1 to 2^53 - 1");

    /// <summary>An id to read on from; 0 means from the start.</summary>
    public static long Position(string field, long value) =>
        value is >= 0 and <= MaxId ? value : throw ChatException.Invalid(field, "must be a whole number from 0 to 2^53 - 1");

    /// <summary>At least one id and at most <paramref name="maxCount"/>, all valid. Repeats are fine; the result holds each once, in the order given.</summary>
    public static IReadOnlyList<long> Ids(string field, IReadOnlyCollection<long>? values, int maxCount)
    {
        if (values is null)
            throw ChatException.Invalid(field, "is required");
        if (values.Count == 0)
            throw ChatException.Invalid(field, "must not be empty");
        if (values.Count > maxCount)
            throw ChatException.TooLarge(field, $"must hold at most {maxCount} ids");
        return [.. values.Select(value => Id(field, value)).Distinct()];
    }

    /// <summary>One of a few words, written exactly so.</summary>
    public static string OneOf(string field, [NotNull] string? value, IReadOnlyList<string> words)
    {
        if (value is null)
            throw ChatException.Invalid(field, "is required");
        return words.Contains(value) ? value : throw ChatException.Invalid(field, $"must be one of {string.Join(", ", words)}");
    }

    /// <summary>1 to <paramref name="maxCount"/> ids in a text, separated by commas.</summary>
    public static IReadOnlyList<long> IdList(string field, string? text, int maxCount)
    {
        // 17 characters hold the largest id and its comma: no longer text can be a good list.
        Text(field, text, 1, maxCount * 17);
        return Ids(field, text.Split(',', StringSplitOptions.TrimEntries).Select(ParseId).ToList(), maxCount);

        long ParseId(string part) => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw ChatException.Invalid(field, "must be ids separated by commas");
    }

    public static Guid Uuid(string field, Guid value) =>
        value != Guid.Empty ? value : throw ChatException.Invalid(field, "must be a UUID that is not all zeros");

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; <paramref name="fallback"/> when absent.</summary>
    public static int Range(string field, int? value, int min, int max, int fallback)
    {
        var number = value ?? fallback;
        return number >= min && number <= max ? number : throw ChatException.Invalid(field, $"must be from {min} to {max}");
    }

    private static void WellFormed(string field, string value, bool allowNewLines)
    {
        if (!value.AsSpan().ContainsAny(Special) && !value.AsSpan().ContainsAnyInRange('\ud800', '\udfff')) return;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                i++;
            else if (char.IsSurrogate(c))
                throw ChatException.Invalid(field, "holds half a character (a lone surrogate)");
            else if (!allowNewLines && c is '\n' or '\r' or '\u2028' or '\u2029')
                throw ChatException.Invalid(field, "must be a single line");
            else if (char.IsControl(c) && !(allowNewLines && c is '\n' or '\r' or '\t'))
                throw ChatException.Invalid(field, "must not hold control characters");
        }
    }
}
