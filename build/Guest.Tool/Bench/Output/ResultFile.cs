using System;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Guest.Rig;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary><c>results.json</c>.</summary>
internal static class ResultFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "results.json";

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes one.</summary>
    public static void Write(string path, BenchResults results) => File.WriteAllText(path, JsonSerializer.Serialize(results, s_format));

    /// <summary>Reads one, by its name or its folder's.</summary>
    public static BenchResults Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, Name) : path;
        if (!File.Exists(file))
            throw new RigException($"There are no results at {path}.");
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("schema", out JsonElement schema))
                throw new RigException($"{file} is no result of ./guest bench.");
            if (schema.ToString() is { } version && version != BenchResults.Version.ToString(CultureInfo.InvariantCulture))
                throw new RigException($"{file} is of version {version}, and only {BenchResults.Version} can be compared: measure again, or compare where it was measured.");
            return json.Deserialize<BenchResults>(s_format)!;
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RigException($"{file} cannot be read as a result of ./guest bench: {problem.Message}", problem);
        }
    }
}
