using System.Collections.Frozen;

namespace Chat.Data.Search;

/// <summary>
/// Letters that are searched for as others: without accents, in their usual width, ligatures apart. Lower case only, but for a letter that has none without culture data. A table of our own:
/// the server runs without the culture data of the system, so that it behaves the same everywhere.
/// </summary>
internal static class FoldedLetters
{
    // The Unicode compatibility decompositions of Latin, Greek, Cyrillic and full-width letters, and a few letters that have none.
    private const string Table = """
        0:０ 1:１ 2:２ 3:３ 4:４ 5:５ 6:６ 7:７ 8:８ 9:９ a:ªàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặａ ae:æǣǽ b:ḃḅḇｂ c:çćĉċčḉｃ d:ďḋḍḏḑḓｄđð
        dz:ǆǳ e:èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệｅ f:ḟｆ ff:ﬀ ffi:ﬃ ffl:ﬄ fi:ﬁ fl:ﬂ g:ĝğġģǧǵḡｇ h:ĥȟḣḥḧḩḫẖｈħ i:İìíîïĩīĭįǐȉȋḭḯỉịｉı
        ij:ĳ j:ĵǰｊ k:ķǩḱḳḵｋ l:ĺļľḷḹḻḽｌł lj:ǉ m:ḿṁṃｍ n:ñńņňǹṅṇṉṋｎ nj:ǌ o:ºòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợｏøǿ oe:œ
        p:ṕṗｐ q:ｑ r:ŕŗřȑȓṙṛṝṟｒ s:śŝşšſșṡṣṥṧṩẛｓ ss:ß st:ﬅﬆ t:ţťțṫṭṯṱẗｔŧ th:þ u:ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữựｕ v:ṽṿｖ
        w:ŵẁẃẅẇẉẘｗ x:ẋẍｘ y:ýÿŷȳẏẙỳỵỷỹｙ z:źżžẑẓẕｚ α:άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ β:ϐ ε:έϵἐἑἒἓἔἕὲέ
        η:ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ θ:ϑ ι:ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ κ:ϰ μ:µ ο:όὀὁὂὃὄὅὸό π:ϖ ρ:ϱῤῥ σ:ϲ σ:ς
        υ:ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ φ:ϕ ω:ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ а:ӑӓ г:ѓ е:ѐёӗ ж:ӂӝ з:ӟ и:йѝӣӥ к:ќ о:ӧ у:ўӯӱӳ ч:ӵ ы:ӹ э:ӭ
        і:ї ѵ:ѷ ә:ӛ ө:ӫ
        """;

    private static readonly FrozenDictionary<char, string> Letters = Read();

    /// <returns>What stands for a letter; null when it stands for itself.</returns>
    public static string? Of(char letter) => letter < 0x80 ? null : Letters.GetValueOrDefault(letter);

    private static FrozenDictionary<char, string> Read()
    {
        var letters = new Dictionary<char, string>();
        foreach (var entry in Table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            foreach (var letter in entry.AsSpan(colon + 1)) letters[letter] = entry[..colon];
        }
        return letters.ToFrozenDictionary();
    }
}
