using Chat.Server.Errors;
using Chat.Server.Validation;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Features.Accounts;

/// <summary>What the OpenAPI document says beyond what the framework reads off the endpoints.</summary>
internal static class AccountsOpenApi
{
    private const string UnauthenticatedStatus = "401";
    private const string Bearer = BearerTokenDefaults.AuthenticationScheme;

    public static void AddChatOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Chat";
            document.Info.Description = "Accounts and everything else that goes over HTTP. What is live goes over the hub: see /api/contract.";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The access token of AuthResult.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
            {
                (operation.Security ??= []).Add(
                    new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] });
                (operation.Responses ??= []).TryAdd(UnauthenticatedStatus, new OpenApiResponse());
            }
            foreach (var (status, response) in operation.Responses ?? [])
                if (int.TryParse(status, out var number) && ErrorCodes.All.FirstOrDefault(code => code.HttpStatus == number) is { } error)
                    response.Description = $"`{error.Code}`: {error.Meaning}";
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (type == typeof(ProblemDetails))
            {
                schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
                schema.Properties["code"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = [.. ErrorCodes.All.Select(code => (System.Text.Json.Nodes.JsonNode)code.Code)],
                };
                schema.Properties["field"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String | JsonSchemaType.Null,
                    Description = "The field to blame, where there is one.",
                };
            }
            // Its converter hides from the framework what it holds.
            else if (type == typeof(Optional<string?>))
            {
                schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            }
            else if (type == typeof(Optional<long?>))
            {
                (schema.Type, schema.Format) = (JsonSchemaType.Integer | JsonSchemaType.Null, "int64");
            }
            // A request's fields are nullable in C# so that the server can refuse by name what is missing; for clients they are not.
            else if (type.Name.EndsWith("Request", StringComparison.Ordinal))
            {
                foreach (var name in schema.Required ?? new HashSet<string>())
                    if (schema.Properties?[name] is OpenApiSchema property)
                        property.Type &= ~JsonSchemaType.Null;
            }
            return Task.CompletedTask;
        });
    });
}
