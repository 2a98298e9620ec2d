namespace Chat.Data.Search;

/// <summary>
/// What somebody searches for: a message must have every word; the last one may be the beginning of a word, as while one is typing it.
/// </summary>
public sealed class SearchQuery
{
    /// <summary>The index is asked for so many words; the others are looked for in what it finds.</summary>
    internal const int MaxIndexedTerms = 8;

    /// <summary>Shorter beginnings are taken for whole words: they would be half of the index. A character of an unspaced script says more.</summary>
    private const int MinPrefixLength = 3;

    private SearchQuery(IReadOnlyList<string> whole, string? prefix) => (Whole, Prefix) = (whole, prefix);

    /// <summary>The longest first: it is the rarest, as a rule.</summary>
    public IReadOnlyList<string> Whole { get; }

    public string? Prefix { get; }

    /// <returns>Null when there is no word in it.</returns>
    public static SearchQuery? Parse(string text)
    {
        var words = SearchWords.Of(text).ToList();
        if (words.Count == 0) return null;
        var last = words[^1];
        var before = words.Take(words.Count - 1);
        // The end of a run of pairs is covered by the pair before it.
        var endsPair = words.Count > 1 && words[^2] is var previous && previous.Start < last.Start && previous.Start + previous.Length > last.Start;
        var isPrefix = !endsPair && (last.Term.Length >= MinPrefixLength || last.Term[0] >= '\u0e00');
        var whole = isPrefix || endsPair ? before : words;
        return new SearchQuery(
            [.. whole.Where((word, i) => !IsLastOfPairs(words, i)).Select(word => word.Term).Distinct().OrderByDescending(term => term.Length)],
            isPrefix ? last.Term : null);
    }

    /// <summary>The same, with the index asked for this word first.</summary>
    internal SearchQuery BeginningWith(string whole) => new([whole, .. Whole.Where(term => term != whole)], Prefix);

    /// <summary>Whether a text has all of the words.</summary>
    public bool Matches(string text)
    {
        var terms = SearchWords.Of(text).Select(word => word.Term).ToHashSet();
        return Whole.All(terms.Contains) && (Prefix is null || terms.Any(term => term.StartsWith(Prefix, StringComparison.Ordinal)));
    }

    /// <summary>Where the words stand in a text: start and length in UTF-16 code units, ascending, apart from each other.</summary>
    public IReadOnlyList<(int Start, int Length)> FindIn(string text)
    {
        var found = new List<(int Start, int Length)>();
        foreach (var word in SearchWords.Of(text))
        {
            if (!Whole.Contains(word.Term) && !(Prefix is not null && word.Term.StartsWith(Prefix, StringComparison.Ordinal))) continue;
            if (found.Count > 0 && found[^1] is var last && last.Start + last.Length >= word.Start)
                found[^1] = (last.Start, Math.Max(last.Length, word.Start + word.Length - last.Start));
            else
                found.Add((word.Start, word.Length));
        }
        return found;
    }

    /// <summary>The single character at the end of a run of pairs within the query: a text may go on behind it.</summary>
    private static bool IsLastOfPairs(List<SearchWord> words, int i) =>
        i > 0 && words[i - 1].Start + words[i - 1].Length > words[i].Start
        && (i + 1 == words.Count || words[i + 1].Start >= words[i].Start + words[i].Length);
}
